//! The session with an editor.

use std::io::{self, BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::launch::Attributes;
use super::points::Points;
use super::reader;
use super::values::Handles;
use crate::debugger::{Debugger, Motion, Output, Stop, Target, describe, load};
use crate::diagnostic::{Diagnostic, Style, render_text};
use crate::runner::ProjectContext;
use crate::source::Files;
use crate::timeline::BranchId;
use crate::trace::Status;
use crate::wire;

/// The largest number of steps of a call that the console shows as a scenario. The request
/// `flowsim/scenario` has no limit.
const MOST_STEPS: usize = 1_000;

/// The only thread: the call.
const THREAD: u32 = 1;

/// Serves an editor until it disconnects or the stream ends. Returns whether the session
/// ended as the protocol prescribes. A thread reads the requests, so that they can
/// interrupt a call that runs.
///
/// # Errors
/// The streams cannot be read or written, or do not contain the protocol.
pub fn serve(
    input: impl BufRead + Send + 'static,
    out: impl Write,
    project: Arc<ProjectContext>,
) -> io::Result<bool> {
    let mut server = Server::new(out, project);
    let requests = reader::requests(input, Arc::clone(&server.interrupts));
    for request in requests {
        let request = request?;
        let is_over = server.handle(&request);
        if reader::interrupts(&request) {
            server.interrupts.fetch_sub(1, Ordering::Relaxed);
        }
        if is_over? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The result of a request: the body of the response, or a message.
pub(super) type Reply = Result<Value, String>;

/// A motion or another step that follows the response.
enum Then {
    Nothing,
    /// The editor may set breakpoints now.
    Initialized,
    /// The call starts.
    Start,
    Forward(Motion),
    Back(Motion),
    /// The call has stopped anew, without a motion.
    Stopped(Stop),
    /// The call stopped because of this request, if it was running.
    Paused,
    Terminate,
    Disconnect,
}

pub(super) struct Server<W> {
    out: W,
    sequence: i64,
    project: Arc<ProjectContext>,
    pub(super) files: Files,
    attributes: Option<Attributes>,
    pub(super) debugger: Option<Debugger>,
    pub(super) points: Points,
    pub(super) handles: Handles,
    /// The number of the first line and column in the editor.
    pub(super) first: (u32, u32),
    is_over: bool,
    /// The number of requests that wait and want the call to stop.
    interrupts: Arc<AtomicUsize>,
    /// Whether the call has stopped because of a request that is not answered yet.
    is_interrupted: bool,
}

impl<W: Write> Server<W> {
    fn new(out: W, project: Arc<ProjectContext>) -> Self {
        Self {
            out,
            sequence: 0,
            project,
            files: Files::new(),
            attributes: None,
            debugger: None,
            points: Points::default(),
            handles: Handles::default(),
            first: (1, 1),
            is_over: false,
            interrupts: Arc::default(),
            is_interrupted: false,
        }
    }

    /// Answers a request. Returns whether the session is over.
    fn handle(&mut self, request: &Value) -> io::Result<bool> {
        let command = request["command"].as_str().unwrap_or_default();
        let (reply, then) = match self.answer(command, &request["arguments"]) {
            Ok((body, then)) => (Ok(body), then),
            Err(message) => (Err(message), Then::Nothing),
        };
        let mut response = json!({
            "type": "response",
            "request_seq": request["seq"],
            "command": command,
            "success": reply.is_ok(),
        });
        match reply {
            Ok(Value::Null) => {}
            Ok(body) => response["body"] = body,
            Err(message) => {
                let error = json!({"id": 1, "format": &message, "showUser": true});
                response["body"] = json!({"error": error});
                response["message"] = message.into();
            }
        }
        self.send(response)?;
        self.follow(then)
    }

    fn answer(
        &mut self,
        command: &str,
        arguments: &Value,
    ) -> Result<(Value, Then), String> {
        match command {
            "initialize" => return Ok((self.initialize(arguments), Then::Nothing)),
            "launch" => {
                self.launch(arguments)?;
                return Ok((Value::Null, Then::Initialized));
            }
            "disconnect" => return Ok((Value::Null, Then::Disconnect)),
            "terminate" => return Ok((Value::Null, Then::Terminate)),
            "pause" => return Ok((Value::Null, Then::Paused)),
            _ if self.debugger.is_none() => {
                return Err(format!("`{command}` needs a call; send `launch` first"));
            }
            _ => {}
        }
        if let Some(then) = motion(command) {
            let body = json!({"allThreadsContinued": true});
            let is_continue = command == "continue";
            return Ok((if is_continue { body } else { Value::Null }, then));
        }
        match command {
            "restart" => {
                self.relaunch(arguments)?;
                Ok((Value::Null, Then::Start))
            }
            "evaluate" => self.evaluate_or_answer(arguments),
            "flowsim/answer" => {
                let text = arguments["answer"].as_str().unwrap_or_default();
                let stop = self.answer_caller(text);
                let stop =
                    stop.ok_or("this is not an answer to a question of the flow")?;
                Ok((json!({"result": text}), Then::Stopped(stop)))
            }
            "flowsim/switchBranch" => self.switch_branch(arguments),
            _ => Ok((self.inspect(command, arguments)?, Then::Nothing)),
        }
    }

    fn switch_branch(&mut self, arguments: &Value) -> Result<(Value, Then), String> {
        let id = arguments["branch"].as_u64().and_then(|id| u32::try_from(id).ok());
        let debugger = self.debugger_mut()?;
        if !id.is_some_and(|id| debugger.switch(BranchId(id))) {
            return Err("there is no branch with this number".into());
        }
        let stop = debugger.halted().unwrap_or(Stop::Done);
        Ok((Value::Null, Then::Stopped(stop)))
    }

    /// Answers a request that moves nothing.
    fn inspect(&mut self, command: &str, arguments: &Value) -> Reply {
        match command {
            "threads" => Ok(json!({"threads": [{"id": THREAD, "name": "call"}]})),
            "flowsim/scenario" => Ok(self.scenario()),
            "setBreakpoints" => self.set_breakpoints(arguments),
            "setFunctionBreakpoints" => self.set_function_breakpoints(arguments),
            "setExceptionBreakpoints" => self.set_exception_breakpoints(arguments),
            "dataBreakpointInfo" => self.data_breakpoint_info(arguments),
            "setDataBreakpoints" => self.set_data_breakpoints(arguments),
            "breakpointLocations" => self.breakpoint_locations(arguments),
            "stackTrace" => self.stack_trace(arguments),
            "scopes" => self.scopes(arguments),
            "variables" => self.variables(arguments),
            "setVariable" => self.set_variable(arguments),
            "setExpression" => self.set_expression(arguments),
            "completions" => self.completions(arguments),
            "exceptionInfo" => self.exception_info(),
            "flowsim/answers" => self.answers(),
            "flowsim/branches" => self.branches(),
            _ => Err(format!("unknown request `{command}`")),
        }
    }

    /// Does what follows the response. Returns whether the session is over.
    fn follow(&mut self, then: Then) -> io::Result<bool> {
        match then {
            Then::Nothing => {}
            Then::Initialized => {
                let diagnostics = std::mem::take(&mut self.points.diagnostics);
                if !diagnostics.is_empty() {
                    self.output("important", &self.rendered(&diagnostics))?;
                }
                self.event("initialized", Value::Null)?;
            }
            Then::Start => self.start()?,
            Then::Forward(_) if self.is_at_end() => self.terminate()?,
            Then::Forward(motion) => {
                let stop = self.debugger.as_mut().map(|it| it.forward(motion));
                self.stopped(stop, None)?;
            }
            Then::Back(motion) => {
                let stop = self.debugger.as_mut().map(|it| it.back(motion));
                self.stopped(stop, None)?;
            }
            Then::Stopped(stop) => {
                let body = json!({"threadId": THREAD, "allThreadsContinued": true});
                self.event("continued", body)?;
                self.stopped(Some(stop), None)?;
            }
            Then::Paused => {
                // The event follows the response, as the protocol prescribes.
                if std::mem::take(&mut self.is_interrupted) {
                    self.report(&Stop::Paused, None)?;
                }
            }
            Then::Terminate => self.terminate()?,
            Then::Disconnect => {
                if !self.is_over {
                    self.terminate()?;
                }
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Starts the call, up to its first stop.
    fn start(&mut self) -> io::Result<()> {
        let attributes = self.attributes.as_ref();
        let is_entry = attributes.is_some_and(|it| it.stop_on_entry);
        let is_free = attributes.is_some_and(|it| it.no_debug);
        let stop = self.debugger.as_mut().map(|debugger| {
            if is_free {
                debugger.clear_stops();
            }
            debugger.start(is_entry)
        });
        self.stopped(stop, is_entry.then_some("entry"))
    }

    fn initialize(&mut self, arguments: &Value) -> Value {
        let first = |key: &str| u32::from(arguments[key].as_bool().unwrap_or(true));
        self.first = (first("linesStartAt1"), first("columnsStartAt1"));
        let filter = |id: &str, label: &str, description: &str| json!({"filter": id, "label": label, "description": description});
        json!({
            "supportsConfigurationDoneRequest": true,
            "supportsFunctionBreakpoints": true,
            "supportsConditionalBreakpoints": true,
            "supportsHitConditionalBreakpoints": true,
            "supportsLogPoints": true,
            "supportsDataBreakpoints": true,
            "supportsBreakpointLocationsRequest": true,
            "supportsEvaluateForHovers": true,
            "supportsStepBack": true,
            "supportsSetVariable": true,
            "supportsSetExpression": true,
            "supportsRestartRequest": true,
            "supportsTerminateRequest": true,
            "supportsCompletionsRequest": true,
            "supportsExceptionInfoRequest": true,
            "exceptionBreakpointFilters": [
                filter("unhandled", "Errors that end the call", "Stop when an error ends the call"),
                filter("errors", "All errors", "Stop when an action fails, also if the flow handles it"),
                filter("prompts", "Prompts", "Stop when the caller has heard a prompt"),
            ],
        })
    }

    /// Loads the call.
    fn launch(&mut self, arguments: &Value) -> Result<(), String> {
        let attributes = Attributes::read(arguments, &self.project)?;
        self.files = Files::new();
        let target = load(&attributes.launch, &mut self.files)
            .map_err(|problems| self.rendered(&problems))?;
        self.points.diagnostics.clone_from(&target.diagnostics);
        self.debugger = Some(self.begun(target));
        self.attributes = Some(attributes);
        self.handles.clear();
        self.is_over = false;
        Ok(())
    }

    fn begun(&self, target: Target) -> Debugger {
        Debugger::begin(target).interrupted_by(Arc::clone(&self.interrupts))
    }

    /// Loads the call again, with the flows as they are now. Breakpoints stay.
    fn relaunch(&mut self, arguments: &Value) -> Result<(), String> {
        let known = self.attributes.clone();
        let new = Some(&arguments["arguments"]).filter(|it| it.is_object());
        match (new, known) {
            (Some(new), _) => self.launch(&new.clone())?,
            (None, Some(attributes)) => {
                let mut files = Files::new();
                let loaded = load(&attributes.launch, &mut files);
                self.files = files;
                let target = loaded.map_err(|problems| self.rendered(&problems))?;
                self.debugger = Some(self.begun(target));
            }
            (None, None) => {}
        }
        self.is_over = false;
        self.apply_points();
        Ok(())
    }

    /// Reports a stop: the output since the last one, the place, and at the end the call as
    /// a scenario.
    fn stopped(&mut self, stop: Option<Stop>, reason: Option<&str>) -> io::Result<()> {
        self.handles.clear();
        // The request that interrupts is one of the next ones.
        self.is_interrupted = stop == Some(Stop::Paused);
        match stop {
            Some(Stop::Paused) => {}
            Some(stop) => self.report(&stop, reason)?,
            None => {}
        }
        Ok(())
    }

    fn report(&mut self, stop: &Stop, reason: Option<&str>) -> io::Result<()> {
        let Some(debugger) = self.debugger.as_mut() else { return Ok(()) };
        let lines = debugger.take_output();
        let words = describe(debugger, stop);
        for line in lines {
            let (category, text) = match line {
                Output::Prompt(text) => ("stdout", format!("flow: {text}\n")),
                Output::Input(text) => ("stdout", format!("caller: {text}\n")),
                Output::Log(text) => ("console", format!("{text}\n")),
            };
            self.output(category, &text)?;
        }
        let is_asked = self.caller_is_asked();
        if *stop == Stop::End {
            self.offer_scenario(&words)?;
            if self.attributes.as_ref().is_some_and(|it| !it.stop_at_end) {
                return self.terminate();
            }
        } else if is_asked {
            self.output("console", &format!("{words}\n"))?;
        }
        let (known, description) = reason_of(stop, is_asked);
        let mut body = json!({
            "reason": reason.unwrap_or(known),
            "description": description,
            "text": words,
            "threadId": THREAD,
            "allThreadsStopped": true,
        });
        if let Stop::Breakpoint(ids) = stop {
            body["hitBreakpointIds"] = json!(ids);
        }
        self.event("stopped", body)
    }

    /// Prints the call as a scenario file, unless it is long.
    fn offer_scenario(&mut self, words: &str) -> io::Result<()> {
        let debugger = self.debugger.as_ref();
        let short =
            debugger.filter(|it| it.timeline().session().steps().len() <= MOST_STEPS);
        let scenario = short.and_then(|it| it.scenario(None));
        self.output("console", &format!("{words}\n"))?;
        match scenario {
            Some(scenario) => self.output("console", &format!("\n{scenario}\n")),
            None => Ok(()),
        }
    }

    fn scenario(&self) -> Value {
        let scenario = self.debugger.as_ref().and_then(|it| it.scenario(None));
        json!({"scenario": scenario})
    }

    fn terminate(&mut self) -> io::Result<()> {
        self.is_over = true;
        let status =
            self.debugger.as_ref().and_then(|it| it.timeline().session().status());
        let is_failed = status.is_some_and(|status| status != Status::Completed);
        self.event("exited", json!({"exitCode": i32::from(is_failed)}))?;
        self.event("terminated", Value::Null)
    }

    fn is_at_end(&self) -> bool {
        self.debugger.as_ref().is_some_and(|it| it.timeline().session().is_finished())
    }

    /// Evaluates an expression. In the console, an answer to the question of the caller is
    /// given instead; a line that begins with `=` is always an expression.
    fn evaluate_or_answer(&mut self, arguments: &Value) -> Result<(Value, Then), String> {
        let text = arguments["expression"].as_str().unwrap_or_default().trim();
        if arguments["context"] == "repl"
            && !text.starts_with('=')
            && let Some(stop) = self.answer_caller(text)
        {
            let body =
                json!({"result": format!("caller: {text}"), "variablesReference": 0});
            return Ok((body, Then::Stopped(stop)));
        }
        let text = text.strip_prefix('=').unwrap_or(text).to_owned();
        Ok((self.evaluate(&text, arguments)?, Then::Nothing))
    }

    /// Gives the answer of the caller. Returns `None` if the caller is not asked, or if the
    /// text is not an answer.
    fn answer_caller(&mut self, text: &str) -> Option<Stop> {
        let debugger = self.debugger.as_mut()?;
        let input = debugger.input(text)?;
        debugger.answer(input)
    }

    pub(super) fn debugger_mut(&mut self) -> Result<&mut Debugger, String> {
        self.debugger.as_mut().ok_or_else(|| "no call is debugged".to_owned())
    }

    fn rendered(&self, diagnostics: &[Diagnostic]) -> String {
        render_text(diagnostics, &self.files, Style::default())
    }

    fn output(&mut self, category: &str, text: &str) -> io::Result<()> {
        self.event("output", json!({"category": category, "output": text}))
    }

    fn event(&mut self, name: &str, body: Value) -> io::Result<()> {
        let mut event = json!({"type": "event", "event": name});
        if !body.is_null() {
            event["body"] = body;
        }
        self.send(event)
    }

    fn send(&mut self, mut message: Value) -> io::Result<()> {
        self.sequence += 1;
        message["seq"] = self.sequence.into();
        wire::write(&mut self.out, &message)
    }
}

/// The motion of a request, after its response.
fn motion(command: &str) -> Option<Then> {
    Some(match command {
        "configurationDone" => Then::Start,
        "continue" => Then::Forward(Motion::Continue),
        "next" => Then::Forward(Motion::Over),
        "stepIn" => Then::Forward(Motion::Into),
        "stepOut" => Then::Forward(Motion::Out),
        "stepBack" => Then::Back(Motion::Over),
        "reverseContinue" => Then::Back(Motion::Continue),
        _ => return None,
    })
}

/// The reason of a stop in the protocol, and its description for people.
fn reason_of(stop: &Stop, is_asked: bool) -> (&'static str, &'static str) {
    match stop {
        Stop::Done if is_asked => ("step", "The caller is asked"),
        Stop::Done => ("step", "Step"),
        Stop::Breakpoint(_) => ("breakpoint", "Breakpoint"),
        Stop::Question => ("pause", "The caller is asked"),
        Stop::Variable(_) => ("data breakpoint", "Variable is set"),
        Stop::Error => ("exception", "Error"),
        Stop::Prompt => ("exception", "Prompt"),
        Stop::Difference => ("exception", "Difference from the recording"),
        Stop::End => ("pause", "End of the call"),
        Stop::Begin => ("entry", "Begin of the call"),
        Stop::Paused => ("pause", "Paused"),
    }
}
