package wasmhost

import (
	"fmt"
	"os"
	"os/exec"
	"unsafe"

	"golang.org/x/sys/windows"
)

// family is a command and all it starts: a job that ends them together.
type family struct{ job windows.Handle }

// newFamily makes a job; it needs no guard.
func newFamily(*exec.Cmd, []string) (*family, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return nil, fmt.Errorf("create a job: %w", err)
	}
	info := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{
		BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{
			LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
		},
	}
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)))
	if err != nil {
		windows.CloseHandle(job)
		return nil, fmt.Errorf("limit a job: %w", err)
	}
	return &family{job}, nil
}

func (f *family) adopt(p *os.Process) error {
	h, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(p.Pid))
	if err != nil {
		return fmt.Errorf("open the process: %w", err)
	}
	defer windows.CloseHandle(h)
	if err := windows.AssignProcessToJobObject(f.job, h); err != nil {
		return fmt.Errorf("put the process into its job: %w", err)
	}
	return nil
}

// kill ends everything in the job. It may be called again.
func (f *family) kill(*os.Process) error { return windows.TerminateJobObject(f.job, 1) }

// started has nothing to tell: there is no guard that might not have started the command.
func (f *family) started() error { return nil }

func (f *family) close() { windows.CloseHandle(f.job) }

func exitCode(s *os.ProcessState) int {
	// Windows uses all 32 bits; what would look like a result of the host's own is a failure.
	if code := s.ExitCode(); code >= 0 {
		return code
	}
	return maxExitCode
}
