package cache

import (
	"fmt"
	"slices"
	"sync"
	"testing"
)

func TestLRU(t *testing.T) {
	var gone []string
	c := NewLRU(100, func(k string, _ int) { gone = append(gone, k) })
	usage := func(wantValues int, wantUsed int64) {
		t.Helper()
		if values, used, _ := c.Usage(); values != wantValues || used != wantUsed {
			t.Errorf("%d values of %d bytes, want %d of %d", values, used, wantValues, wantUsed)
		}
	}
	c.Put("a", 1, 40)
	c.Put("b", 2, 40)
	if v, ok := c.Get("a"); !ok || v != 1 { // b is now the older one
		t.Errorf("got %d, %v", v, ok)
	}
	c.Put("c", 3, 40)
	usage(2, 80)
	if _, ok := c.Get("b"); ok || !slices.Equal(gone, []string{"b"}) {
		t.Errorf("evicted %q", gone)
	}
	c.Put("a", 4, 10) // replaced, accounted anew
	usage(2, 50)
	if v, _ := c.Get("a"); v != 4 {
		t.Errorf("got %d", v)
	}
	c.Put("huge", 5, 1000) // larger than all: alone
	usage(1, 1000)
	c.Put("d", 6, 1)
	usage(1, 1)
	c.SetBudget(0)
	for i := range 100 {
		c.Put(fmt.Sprint(i), i, 1000)
	}
	usage(101, 100_001)
	c.SetBudget(2500)
	usage(2, 2000)
	if !c.Remove("99") || c.Remove("99") {
		t.Error("remove")
	}
	usage(1, 1000)
	c.Clear()
	usage(0, 0)
	slices.Sort(gone)
	if n := len(gone); n != 106 { // b, a (replaced), a, c, huge, d, and the hundred
		t.Errorf("%d values were let go of, want each once", n)
	}
}

func TestLRUIsSafeForConcurrentUse(t *testing.T) {
	c := NewLRU[int, int](50, nil)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 1000 {
				c.Put((g*7+i)%30, i, int64(i%9))
				c.Get(i % 30)
				c.Remove(i % 31)
				c.Usage()
			}
		})
	}
	wg.Wait()
	if values, used, _ := c.Usage(); used > 50+9 || values < 0 {
		t.Errorf("%d values of %d bytes", values, used)
	}
	c.Clear()
	if _, used, _ := c.Usage(); used != 0 {
		t.Errorf("an empty cache uses %d bytes", used)
	}
}
