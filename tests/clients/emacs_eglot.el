;;; Opens a flow in Emacs with Eglot: a hover, a rename and a diagnostic.  -*- lexical-binding: t -*-
;;
;;     FLOWSIM=target/debug/flowsim emacs --batch --eval '(package-initialize)' \
;;       -l tests/clients/emacs_eglot.el
;;
;; Debian has the packages `emacs-nox`, `elpa-eglot` and `elpa-yaml-mode`.

(require 'eglot)
(require 'flymake)
(require 'yaml-mode)

(defvar program (expand-file-name (or (getenv "FLOWSIM") "flowsim")))
(defvar source (expand-file-name "fixtures/northlight-power/flows/outage-line.yaml"))
(defvar folder (make-temp-file "flowsim-" t))
(add-to-list 'eglot-server-programs (list 'yaml-mode program "lsp"))
(setq eglot-sync-connect 20 eglot-autoshutdown nil)

(defun expect (what is-so)
  (unless is-so
    (message "FAILED %s" what)
    (delete-directory folder t)
    (kill-emacs 1))
  (message "passed %s" what))

(copy-file source (expand-file-name "desk.yaml" folder))
(find-file (expand-file-name "desk.yaml" folder))
(yaml-mode)
(apply #'eglot (eglot--guess-contact))

(goto-char (point-min))
(search-forward "ToAudioTTS(")
(backward-char 3)
(let* ((hover (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover
                               (eglot--TextDocumentPositionParams)))
       (text (plist-get (plist-get hover :contents) :value)))
  (expect "a hover" (string-match-p "ToAudioTTS(String): Audio" text)))

(let ((uses (progn (goto-char (point-min)) (how-many "Flow\\.District"))))
  (search-forward "Flow.District")
  (eglot-rename "Quarter")
  (goto-char (point-min))
  (expect "a rename" (and (> uses 1) (= (how-many "Flow\\.Quarter") uses)
                          (= (how-many "Flow\\.District") 0))))

(flymake-mode 1)
(goto-char (point-min))
(search-forward "ToAudioTTS(")
(replace-match "ToAudioTSS(")
(eglot--signal-textDocument/didChange)
(flymake-start)
(let ((end (+ (float-time) 20)))
  (while (and (not (flymake-diagnostics)) (< (float-time) end))
    (accept-process-output nil 0.05)))
(expect "a diagnostic"
        (string-match-p "did you mean `ToAudioTTS`"
                        (flymake-diagnostic-text (car (flymake-diagnostics)))))
(set-buffer-modified-p nil)
(eglot-shutdown (eglot-current-server))
(delete-directory folder t)
