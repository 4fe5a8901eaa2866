;;; samuel-lsp.el --- Samuel plugin manifests with eglot  -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "27.1") (eglot "1.9"))
;; Keywords: languages, tools
;; URL: https://github.com/samuelpkg/samuel-lsp
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Starts samuel-lsp for samuel-plugin.toml, and brings commands for what eglot does not draw:
;; the lenses (`samuel-lsp-lens'), and telling the server of saves in other files.
;;
;;   (require 'samuel-lsp)
;;   (add-hook 'samuel-lsp-manifest-mode-hook #'eglot-ensure)

;;; Code:

(require 'eglot)
(require 'conf-mode)
(require 'jsonrpc)
(require 'pp)
(require 'seq)

(defgroup samuel-lsp nil
  "Samuel plugin manifests."
  :group 'tools
  :prefix "samuel-lsp-")

(defcustom samuel-lsp-command '("samuel-lsp" "serve")
  "The server program and its arguments."
  :type '(repeat string))

(defcustom samuel-lsp-trusted 'ask
  "Whether plugins may be run: t, nil, or `ask' to let the server ask."
  :type '(choice (const :tag "Ask" ask) (const :tag "Yes" t) (const :tag "No" nil)))

;;;###autoload
(define-derived-mode samuel-lsp-manifest-mode conf-toml-mode "Samuel"
  "Major mode for samuel-plugin.toml.")

;;;###autoload
(add-to-list 'auto-mode-alist '("/samuel-plugin\\.toml\\'" . samuel-lsp-manifest-mode))

(defclass samuel-lsp-server (eglot-lsp-server) ()
  :documentation "A samuel-lsp process.")

(cl-defmethod eglot-initialization-options ((_server samuel-lsp-server))
  "Say whether the workspace is trusted, unless the server is to ask."
  (if (eq samuel-lsp-trusted 'ask)
      (make-hash-table)
    (list :trusted (if samuel-lsp-trusted t :json-false))))

(cl-defmethod eglot-client-capabilities :around ((_server samuel-lsp-server))
  "Add that documents can be shown, which older versions of eglot don't say."
  (let ((capabilities (cl-call-next-method)))
    (plist-put capabilities :window
               (plist-put (copy-sequence (plist-get capabilities :window))
                          :showDocument '(:support t)))))

(cl-defmethod eglot-handle-request
  ((_server samuel-lsp-server) (_method (eql window/showDocument)) &key uri takeFocus &allow-other-keys)
  "Show the file behind URI, such as a captured log; select it if TAKEFOCUS."
  (let ((buffer (find-file-noselect (samuel-lsp--path uri))))
    (with-current-buffer buffer
      (revert-buffer t t t)
      (auto-revert-mode 1)
      (setq buffer-read-only t))
    (if (eq takeFocus t)
        (pop-to-buffer buffer)
      (display-buffer buffer))
    '(:success t)))

(defun samuel-lsp--path (uri)
  "The file name in URI; eglot renamed its function for it."
  (if (fboundp 'eglot-uri-to-path)
      (eglot-uri-to-path uri)
    (with-no-warnings (eglot--uri-to-path uri))))

(defun samuel-lsp--identifier ()
  "The current buffer as the protocol names it."
  (if (fboundp 'eglot-path-to-uri)
      (list :uri (eglot-path-to-uri buffer-file-name))
    (with-no-warnings (eglot--TextDocumentIdentifier))))

(add-to-list 'eglot-server-programs
             `(samuel-lsp-manifest-mode . ,(lambda (&rest _) (cons 'samuel-lsp-server samuel-lsp-command))))

(defun samuel-lsp--lenses ()
  "The resolved lenses of the current buffer."
  (let* ((server (eglot-current-server))
         (lenses (jsonrpc-request server :textDocument/codeLens
                                  (list :textDocument (samuel-lsp--identifier)))))
    (mapcar (lambda (lens)
              (if (plist-get lens :command)
                  lens
                (jsonrpc-request server :codeLens/resolve lens)))
            lenses)))

(defun samuel-lsp--label (lens)
  "What LENS says, with its line."
  (let ((line (1+ (plist-get (plist-get (plist-get lens :range) :start) :line))))
    (format "%d: %s  (%s)" line
            (plist-get (plist-get lens :command) :title)
            (save-excursion
              (goto-char (point-min))
              (forward-line (1- line))
              (string-trim (buffer-substring (line-beginning-position) (line-end-position)))))))

(defun samuel-lsp-lens (lens)
  "Act on LENS; interactively, on one that the user picks of this buffer."
  (interactive
   (let* ((choices (mapcar (lambda (l) (cons (samuel-lsp--label l) l)) (samuel-lsp--lenses))))
     (unless choices (user-error "No lenses in this buffer"))
     (list (cdr (assoc (completing-read "Lens: " choices nil t) choices)))))
  (let ((command (plist-get lens :command)))
    (samuel-lsp-execute (plist-get command :command) (plist-get command :arguments))))

(defun samuel-lsp-execute (command arguments)
  "Run the server's COMMAND with ARGUMENTS, a vector, and answer its result."
  (jsonrpc-request (eglot--current-server-or-lose) :workspace/executeCommand
                   (append (list :command command)
                           (and arguments (list :arguments arguments)))))

(defun samuel-lsp-stats ()
  "Show what the caches and processes of the server do."
  (interactive)
  (pp-display-expression (samuel-lsp-execute "samuel.showStats" nil) "*samuel-lsp stats*"))

(defun samuel-lsp-clear-cache ()
  "Drop compiled modules."
  (interactive)
  (samuel-lsp-execute "samuel.clearCache" nil))

(defun samuel-lsp-trust (trusted)
  "Let plugins run in this workspace; with a prefix argument (TRUSTED nil), don't."
  (interactive (list (not current-prefix-arg)))
  (jsonrpc-notify (eglot--current-server-or-lose) :samuel/didChangeTrust
                  (list :trusted (if trusted t :json-false))))

(defun samuel-lsp--servers ()
  "All samuel-lsp servers that run."
  (seq-filter (lambda (server) (object-of-class-p server 'samuel-lsp-server))
              (apply #'append (hash-table-values eglot--servers-by-project))))

(defun samuel-lsp--told-save ()
  "Tell the servers of a save in a buffer that none of them manages."
  (unless (derived-mode-p 'samuel-lsp-manifest-mode)
    (dolist (server (samuel-lsp--servers))
      (jsonrpc-notify server :samuel/didSave
                      (list :uri (plist-get (samuel-lsp--identifier) :uri))))))

;;;###autoload
(define-minor-mode samuel-lsp-saves-mode
  "Run the hooks of installed plugins when any file is saved."
  :global t
  (if samuel-lsp-saves-mode
      (add-hook 'after-save-hook #'samuel-lsp--told-save)
    (remove-hook 'after-save-hook #'samuel-lsp--told-save)))

(provide 'samuel-lsp)
;;; samuel-lsp.el ends here
