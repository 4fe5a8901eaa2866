package linmem

import "golang.org/x/sys/unix"

// hold has the region, of which nothing is in use, hold image: mapped, or else written. It is false
// where neither can be done, and then the region is nothing: what the system could not map again may
// by now be somebody else's.
func (r *region) hold(image *Image) bool {
	if !r.exchange(image) {
		if !mapped(r.held()) {
			*r = region{}
			return false
		}
		r.image.erase(r.held())
		image.lay(r.held())
	}
	r.image = image
	return true
}

// exchange maps the image in the place of what is there. Where it returns false, any of what is mapped may
// be the new.
func (r *region) exchange(image *Image) bool {
	if image != nil && !image.sharable() {
		return false
	}
	if r.image != nil && (!r.image.sharable() || renew(r.held()) != nil) {
		return false
	}
	return image == nil || image.mapOnto(r.held()) == nil
}

// mapped says whether all of memory is: only then can the advice be given that nothing is special.
func mapped(memory []byte) bool {
	return len(memory) == 0 || unix.Madvise(memory, unix.MADV_NORMAL) == nil
}
