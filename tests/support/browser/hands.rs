//! A page in a browser, used as people use it: with clicks, typing and reading.

use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use crate::browser::Page;

/// Time between two looks at the place of an element.
const BETWEEN: Duration = Duration::from_millis(10);

/// The number of times that a place may change before it is taken as it is.
const MOST_MOVES: u32 = 200;

/// The number of clicks that may miss an element.
const MOST_MISSES: u32 = 100;

/// Makes the page note whether a click reaches the wanted element. A click is lost if the
/// press hits another element, or if the element moves before the release. What follows a
/// press that misses the element is kept from the page.
const WATCH_CLICKS: &str = "(() => {
    if (window.isMissed) return;
    let wanted = '', isOpen = false, isOff = false, isReached = false;
    window.clicked = (selector) => { wanted = selector; isOpen = true; isOff = isReached = false; };
    window.isMissed = () => { isOpen = false; return !isReached; };
    for (const kind of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click'])
        window.addEventListener(kind, (event) => {
            if (!isOpen) return;
            const isHit = event.composedPath().includes(document.querySelector(wanted));
            if (kind === 'pointerdown') isOff = !isHit;
            if (kind === 'click') isReached ||= isHit && !isOff;
            if (!isOff) return;
            event.preventDefault();
            event.stopImmediatePropagation();
        }, { capture: true });
})()";

impl Page {
    /// Waits until an element contains a string.
    pub(crate) fn wait_for_text(&mut self, selector: &str, text: &str) {
        let found =
            format!("document.querySelector({selector:?})?.innerText.includes({text:?})");
        self.wait_for(&found);
    }

    /// Waits for an element that matches a selector, and clicks its middle. A click that
    /// does not reach the element, because it has moved, is repeated.
    pub(crate) fn click(&mut self, selector: &str) {
        let box_of = format!(
            "(() => {{ const it = document.querySelector({selector:?}); if (!it) return null; \
             it.scrollIntoView({{ block: 'center', behavior: 'instant' }}); \
             const box = it.getBoundingClientRect(); return box.width > 0 && !it.disabled \
             ? [box.x + box.width / 2, box.y + box.height / 2] : null; }})()"
        );
        self.value(WATCH_CLICKS);
        for _ in 0..MOST_MISSES {
            let place = self.settled(&box_of);
            self.value(&format!("window.clicked({selector:?})"));
            for kind in ["mousePressed", "mouseReleased"] {
                let event = json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
                self.command("Input.dispatchMouseEvent", &event);
            }
            // A page that the click left has no answer, and was hit.
            if self.value("window.isMissed?.() ?? false") != true {
                return;
            }
        }
        panic!("no click reaches {selector}: {}", self.text("body"));
    }

    /// Waits until a place is the same twice in a row. An element moves while others load
    /// above it, and a click would miss it.
    fn settled(&mut self, place: &str) -> Value {
        self.wait_for(place);
        let mut before = self.value(place);
        for _ in 0..MOST_MOVES {
            sleep(BETWEEN);
            let now = self.value(place);
            if now == before && !now.is_null() {
                break;
            }
            before = now;
        }
        before
    }

    /// Presses a key that has a name; `Shift+Tab` is the key with the shift key.
    pub(crate) fn press(&mut self, key: &str) {
        let plain = key.strip_prefix("Shift+");
        let (modifiers, key) = plain.map_or((0, key), |key| (8, key));
        let (code, text) = match key {
            "Enter" => (13, "\r"),
            "Tab" => (9, ""),
            "Space" => (32, " "),
            "Backspace" => (8, ""),
            "ArrowUp" => (38, ""),
            "ArrowDown" => (40, ""),
            other => panic!("unknown key {other}"),
        };
        let mut event = json!({
            "type": if text.is_empty() { "rawKeyDown" } else { "keyDown" },
            "key": if key == "Space" { text } else { key }, "code": key,
            "windowsVirtualKeyCode": code, "text": text, "modifiers": modifiers,
        });
        self.command("Input.dispatchKeyEvent", &event);
        event["type"] = "keyUp".into();
        event["text"] = "".into();
        self.command("Input.dispatchKeyEvent", &event);
    }

    /// Types a string into the focused element.
    pub(crate) fn type_text(&mut self, text: &str) {
        for key in text.chars() {
            let key = key.to_string();
            let down = json!({ "type": "keyDown", "key": key, "text": key });
            self.command("Input.dispatchKeyEvent", &down);
            self.command(
                "Input.dispatchKeyEvent",
                &json!({ "type": "keyUp", "key": key }),
            );
        }
    }
}
