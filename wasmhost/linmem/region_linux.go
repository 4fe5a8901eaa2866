package linmem

import "golang.org/x/sys/unix"

// hold has the region, of which nothing is in use, hold image; false when the system refuses. The region
// then holds nothing: what could not be mapped again may by now be somebody else's.
func (r *region) hold(image *Image) bool {
	mapped, err := r.place(image)
	if err != nil {
		*r = region{}
		return false
	}
	r.image, r.mapped = image, mapped
	return true
}

// place says whether the image was mapped, rather than written.
func (r *region) place(image *Image) (mapped bool, err error) {
	if r.image != nil {
		if err := renew(r.held()); err != nil {
			return false, err
		}
	}
	if image == nil {
		return false, nil
	}
	if mapped, err = image.mapOnto(r.held()); err == nil && !mapped {
		image.lay(r.held())
	}
	return mapped, err
}

// discard gives the pages back. Linux promises that they are afterwards what they were mapped from: zeros,
// or the image's file.
func (r *region) discard() bool {
	if !r.mapped {
		r.image = nil
	}
	return unix.Madvise(r.held(), unix.MADV_DONTNEED) == nil
}
