package pool

import (
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// processMemory bounds each process of a job: the headroom and a guest at the largest budget that
// a manifest can reasonably ask for.
const processMemory = headroom + 1<<30

// jail is a job object. When its last handle closes, as it does however this process ends, the
// system kills every process in it.
type jail struct {
	mu  sync.Mutex // a handle that was closed may be another object's by now
	job windows.Handle
}

func confine(cmd *exec.Cmd) (*jail, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return nil, fmt.Errorf("create a job object: %w", err)
	}
	info := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{
		BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{
			LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | windows.JOB_OBJECT_LIMIT_PROCESS_MEMORY |
				windows.JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION,
		},
		ProcessMemoryLimit: processMemory,
	}
	if _, err := windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info))); err != nil {
		_ = windows.CloseHandle(job)
		return nil, fmt.Errorf("limit a job object: %w", err)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP, HideWindow: true}
	return &jail{job: job}, nil
}

// admit puts a started process into the job. It runs nothing of a plugin before its first frame,
// so none can have escaped by then.
func (j *jail) admit(p *os.Process) error {
	h, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(p.Pid))
	if err != nil {
		return fmt.Errorf("open the plugin host's process: %w", err)
	}
	defer windows.CloseHandle(h)
	if err := windows.AssignProcessToJobObject(j.job, h); err != nil {
		return fmt.Errorf("put the plugin host into its job: %w", err)
	}
	return nil
}

func (j *jail) kill(p *os.Process) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.job != 0 {
		_ = windows.TerminateJobObject(j.job, 1)
	}
	_ = p.Kill() // for a process that never got into the job
}

func (j *jail) close() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.job != 0 {
		_ = windows.CloseHandle(j.job)
		j.job = 0
	}
}
