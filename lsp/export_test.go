package lsp

// SavesTaken says whether every save the server heard of has become a job, or none.
func (s *Server) SavesTaken() bool {
	s.saves.mu.Lock()
	defer s.saves.mu.Unlock()
	return !s.saves.busy
}
