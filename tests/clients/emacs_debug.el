;;; Debugs a call with `flowsim dap` in Emacs with dap-mode.  -*- lexical-binding: t -*-
;;
;;     FLOWSIM=target/debug/flowsim emacs --batch --eval '(package-initialize)' \
;;       -l tests/clients/emacs_debug.el
;;
;; Debian has the packages `emacs-nox`, `elpa-dap-mode` and `elpa-yaml-mode`.

(require 'cl-lib)
(require 'dap-mode)

(defvar dap-exception-breakpoints nil) ; dap-mode 0.7 reads it, and defines it elsewhere
(defvar folder (make-temp-file "flowsim-" t))
(setq dap-auto-configure-features nil
      dap-breakpoints-file (expand-file-name "breakpoints" folder)
      lsp-session-file (expand-file-name "session" folder))

(defvar program (expand-file-name (or (getenv "FLOWSIM") "flowsim")))
(defvar organisation (expand-file-name "fixtures/northlight-power"))
(defvar flow (expand-file-name "flows/outage-line.yaml" organisation))
(dap-register-debug-provider
 "flowsim" (lambda (launch) (plist-put launch :dap-server-path (list program "dap"))))

(defvar stops 0)
(add-hook 'dap-stopped-hook (lambda (_session) (cl-incf stops)))

(defun fail (message)
  (message "FAILED %s" message)
  (delete-directory folder t)
  (kill-emacs 1))

(defun await (condition what)
  (let ((end (+ (float-time) 20)))
    (while (not (funcall condition))
      (when (> (float-time) end) (fail what))
      (accept-process-output nil 0.02))))

(defun ask (command arguments)
  "The body of the answer to a request."
  (let (answer)
    (dap--send-message (dap--make-request command arguments)
                       (lambda (it) (setq answer it)) (dap--cur-session))
    (await (lambda () answer) command)
    (gethash "body" answer)))

(defun frame () (dap--debug-session-active-frame (dap--cur-session)))
(defun place () (gethash "line" (frame)))

(defun stop-after (what act)
  "Acts, waits for the next stop, and returns its line."
  (let ((before stops))
    (funcall act)
    (await (lambda () (and (> stops before) (frame))) what)
    (place)))

(defun motion (command)
  (lambda () (dap--step command (dap--cur-session))))

(defun answer (words)
  "Answers in the console as the caller. An answer continues the call like a step."
  (lambda ()
    (let ((arguments (list :expression words :context "repl"
                           :frameId (gethash "id" (frame)))))
      (dap--resume-application (dap--cur-session))
      (ask "evaluate" arguments))))

(defun evaluate (expression)
  (gethash "result" (ask "evaluate" (list :expression expression :context "repl"
                                          :frameId (gethash "id" (frame))))))

(defun values-of (scope)
  (let* ((scopes (gethash "scopes" (ask "scopes" (list :frameId (gethash "id" (frame))))))
         (own (seq-find (lambda (it) (equal (gethash "name" it) scope)) scopes))
         (reference (list :variablesReference (gethash "variablesReference" own))))
    (mapcar (lambda (it) (cons (gethash "name" it) (gethash "value" it)))
            (gethash "variables" (ask "variables" reference)))))

(defun expect (what actual expected)
  (unless (equal actual expected)
    (fail (format "%s: %S instead of %S" what actual expected)))
  (message "passed %s" what))

(find-file flow)
(goto-char (point-min))
(search-forward "- collectInput:")
(beginning-of-line)
(defvar question (line-number-at-pos))
(dap-breakpoint-add)
(defvar launch
  (list :type "flowsim" :request "launch" :name "Outage line" :flow "${file}"
        :fixtures (vector (expand-file-name "fixtures.yaml" organisation))))

(expect "a breakpoint" (stop-after "a breakpoint" (lambda () (dap-debug launch))) question)
(expect "variables" (cdr (assoc "Flow.District" (values-of "Flow variables"))) "NOT_SET")
(expect "a step to the question" (stop-after "a step" (motion "next")) question)
(expect "the question" (gethash "question" (ask "flowsim/answers" nil)) "Is it dangerous?")
(defvar after-nine (stop-after "an answer" (answer "9")))
(expect "the answer of the caller" (> after-nine question) t)
(defvar next (stop-after "a step" (motion "next")))
(expect "a step back" (stop-after "a step back" (motion "stepBack")) after-nine)
(expect "the same step again" (stop-after "a step" (motion "next")) next)
(expect "reverse continue"
        (stop-after "reverse continue" (motion "reverseContinue")) question)
(unless (gethash "question" (ask "flowsim/answers" nil))
  (stop-after "a step to the question" (motion "next")))
(stop-after "another answer" (answer "silence"))
(expect "another answer is a branch"
        (length (gethash "branches" (ask "flowsim/branches" nil))) 2)
(expect "an expression" (evaluate "= 1 + 2") "3")
(dap-disconnect (dap--cur-session))
(delete-directory folder t)
