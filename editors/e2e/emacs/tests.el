;;; tests.el --- What an eglot user does  -*- lexical-binding: t; -*-

;; Started by emacs.test.mjs in batch mode, where there are no idle timers: changes are flushed by
;; hand, and waits run the event loop through `accept-process-output'.

;;; Code:

(require 'ert)
(require 'package)
(add-to-list 'package-directory-list "/usr/share/emacs/site-lisp/elpa")
(package-initialize)
(add-to-list 'load-path (getenv "SAMUEL_EMACS"))
(require 'samuel-lsp)
(require 'flymake)

(setq samuel-lsp-trusted t
      eglot-sync-connect 10
      eglot-autoshutdown nil)

(defun t-file (name)
  "The path of the project's file NAME."
  (expand-file-name name (getenv "SAMUEL_PROJECT")))

(defun t-open (name)
  "Open the project's manifest NAME with eglot and answer its buffer."
  (let ((buffer (find-file-noselect (t-file name))))
    (switch-to-buffer buffer)
    (unless (eglot-managed-p)
      (call-interactively #'eglot))
    buffer))

(defun t-eventually (what probe)
  "Wait until PROBE answers something, and answer that; WHAT is for the error."
  (let ((end (+ (float-time) 20)) seen)
    (while (not (or (setq seen (funcall probe)) (> (float-time) end)))
      (accept-process-output nil 0.02))
    (or seen (error "Waited for %s" what))))

(defun t-published ()
  "Ask flymake for what the server published."
  (flymake-start)
  (mapcar (lambda (d)
            (cons (flymake-diagnostic-text d)
                  (buffer-substring-no-properties (flymake-diagnostic-beg d) (flymake-diagnostic-end d))))
          (flymake-diagnostics)))

(defun t-flush ()
  "Send changes that an idle timer would send."
  (eglot--signal-textDocument/didChange))

(defun t-replace (from to)
  "Replace the first FROM by TO."
  (goto-char (point-min))
  (search-forward from)
  (replace-match to t t)
  (t-flush))

(defun t-lens (pattern)
  "Wait for a lens whose title matches PATTERN."
  (t-eventually (format "a lens %s" pattern)
                (lambda ()
                  (seq-find (lambda (l) (string-match-p pattern (plist-get (plist-get l :command) :title)))
                            (samuel-lsp--lenses)))))

(ert-deftest t-1-mode ()
  "The manifest has its mode and its server."
  (t-open "my-lint/samuel-plugin.toml")
  (should (eq major-mode 'samuel-lsp-manifest-mode))
  (should (object-of-class-p (eglot-current-server) 'samuel-lsp-server)))

(ert-deftest t-2-diagnostics ()
  "The mistake is shown where it is, and vanishes with the fix."
  (t-open "my-lint/samuel-plugin.toml")
  (let ((found (t-eventually "the misspelt key"
                             (lambda () (seq-find (lambda (d) (string-match-p "sumary" (car d))) (t-published))))))
    (should (equal (cdr found) "sumary")))
  (t-replace "sumary" "summary")
  (t-replace "\"lnt\"" "\"lint\"")
  (t-eventually "no mistake"
                (lambda () (not (seq-some (lambda (d) (string-match-p "sumary\\|lnt" (car d))) (t-published))))))

(ert-deftest t-3-hover ()
  "Hover explains a key."
  (t-open "my-lint/samuel-plugin.toml")
  (goto-char (point-min))
  (search-forward "kin")
  (let ((reply (jsonrpc-request (eglot-current-server) :textDocument/hover (eglot--TextDocumentPositionParams))))
    (should (string-match-p "skill" (format "%s" reply)))))

(ert-deftest t-4-save ()
  "A save runs the hook, and a lens shows its result."
  (t-open "my-lint/samuel-plugin.toml")
  (should (t-lens "^health ok"))
  (set-buffer-modified-p t)
  (save-buffer)
  (should (t-lens "^ok · .* log line")))

(ert-deftest t-5-log ()
  "Acting on the log lens opens the log."
  (t-open "my-lint/samuel-plugin.toml")
  (samuel-lsp-lens (t-lens "^log$"))
  (let ((log (t-eventually "the log's buffer"
                           (lambda () (seq-find (lambda (b) (string-suffix-p ".log" (or (buffer-file-name b) ""))) (buffer-list))))))
    (with-current-buffer log
      (should buffer-read-only)
      (should (string-match-p "unfinished" (buffer-string))))))

(ert-deftest t-6-format ()
  "Formatting loses nothing."
  (t-open "my-lint/samuel-plugin.toml")
  (t-replace "kind = \"wasm\"" "kind   =   \"wasm\"   # why")
  (eglot-format-buffer)
  (should (string-match-p "^kind = \"wasm\" +# why$" (buffer-string))))

(ert-deftest t-7-rename ()
  "Rename changes an export everywhere."
  (t-open "my-lint/samuel-plugin.toml")
  (t-flush)
  (goto-char (point-min))
  (search-forward "exports = [\"li")
  (eglot-rename "check")
  (should (string-match-p "exports = \\[\"check\"\\]" (buffer-string)))
  (should (string-match-p "\"quality.check\" = \"check\"" (buffer-string))))

(provide 'tests)
;;; tests.el ends here
