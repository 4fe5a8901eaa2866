package lsp

import "go.lsp.dev/uri"

// SavesTaken says whether every save the server heard of has become a job, or none.
func (s *Server) SavesTaken() bool {
	s.saves.mu.Lock()
	defer s.saves.mu.Unlock()
	return !s.saves.busy
}

// LensTitles are the lenses of a manifest at this very moment.
func (s *Server) LensTitles(u uri.URI) []string {
	snap := s.Snapshot()
	var titles []string
	for _, l := range s.lenses(snap, snap.Manifest(u)) {
		titles = append(titles, l.title)
	}
	return titles
}

// RunsWaiting is how many runs wait until another one ends.
func (s *Server) RunsWaiting() int {
	l := &s.scheduler.runs
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting)
}
