//! rust-lint marks the lines of a saved file that still say TODO or FIXME.
//!
//! A cdylib for wasm32-unknown-unknown, with the standard library and no crates.

#[link(wasm_import_module = "samuel")]
extern "C" {
    #[link_name = "log"]
    fn host_log(level: *const u8, level_len: usize, text: *const u8, text_len: usize);
    #[link_name = "fs_read"]
    fn host_fs_read(path: *const u8, path_len: usize) -> u64;
    #[link_name = "callback"]
    fn host_callback(name: *const u8, name_len: usize, payload: *const u8, payload_len: usize) -> i32;
}

#[no_mangle]
pub extern "C" fn samuel_protocol_version() -> i32 {
    1
}

#[no_mangle]
pub extern "C" fn health() -> i32 {
    0
}

/// Hands out memory that the host fills. Each call runs in a fresh instance: nothing is freed.
#[no_mangle]
pub extern "C" fn samuel_alloc(len: usize) -> *mut u8 {
    Box::leak(vec![0; len.max(1)].into_boxed_slice()).as_mut_ptr()
}

#[no_mangle]
pub extern "C" fn lint(payload: *const u8, len: usize) -> u64 {
    let payload = unsafe { std::slice::from_raw_parts(payload, len) };
    let answer = check(&String::from_utf8_lossy(payload));
    packed(answer)
}

fn check(payload: &str) -> String {
    let raw = match path_of(payload) {
        Some(raw) => raw,
        None => {
            log("no file was saved: nothing to check");
            return r#"{"ok":true,"findings":0}"#.to_string();
        }
    };
    callback("progress", &format!(r#"{{"title":"lint","message":"{}"}}"#, raw));

    let path = unescaped(raw);
    let content = unsafe { host_fs_read(path.as_ptr(), path.len()) };
    if content == 0 {
        return format!(r#"{{"ok":false,"reason":"cannot read {}"}}"#, raw);
    }
    let bytes = unsafe { std::slice::from_raw_parts((content >> 32) as *const u8, content as u32 as usize) };

    let findings = find(raw, &String::from_utf8_lossy(bytes));
    callback("diagnostics", &format!("[{}]", findings.join(",")));
    log(&format!("{}: {} unfinished", path, findings.len()));
    format!(r#"{{"ok":true,"findings":{}}}"#, findings.len())
}

/// Returns a finding for each line that holds a marker. The path stays escaped as it came.
fn find(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (index, line) in text.split('\n').enumerate() {
        let first = ["TODO", "FIXME"]
            .iter()
            .filter_map(|marker| line.find(marker).map(|at| (at, *marker)))
            .min();
        if let Some((at, marker)) = first {
            let column = line[..at].chars().count() + 1;
            found.push(format!(
                concat!(
                    r#"{{"path":"{}","line":{},"column":{},"end_column":{},"#,
                    r#""severity":"warning","rule":"unfinished","message":"{} is left in this line"}}"#
                ),
                path,
                index + 1,
                column,
                column + marker.len(),
                marker
            ));
        }
    }
    found
}

/// Finds the value of "path" in the payload, as it stands there: escaped, without its quotes.
fn path_of(payload: &str) -> Option<&str> {
    let after = &payload[payload.find("\"path\"")? + 6..];
    let value = after.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let mut escaped = false;
    for (at, c) in value.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(&value[..at]),
            _ => {}
        }
    }
    None
}

/// Takes the escapes out of a JSON string.
fn unescaped(raw: &str) -> String {
    let mut out = String::new();
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('u') => {
                let digits: String = chars.by_ref().take(4).collect();
                let code = u32::from_str_radix(&digits, 16).ok();
                out.push(code.and_then(char::from_u32).unwrap_or('\u{fffd}'));
            }
            Some(c) => out.push(c),
            None => {}
        }
    }
    out
}

fn log(text: &str) {
    let level = "info";
    unsafe { host_log(level.as_ptr(), level.len(), text.as_ptr(), text.len()) }
}

fn callback(name: &str, payload: &str) {
    if unsafe { host_callback(name.as_ptr(), name.len(), payload.as_ptr(), payload.len()) } != 0 {
        log("the host did not take a callback");
    }
}

/// Gives the host an address and a length in one number.
fn packed(text: String) -> u64 {
    let bytes = Box::leak(text.into_bytes().into_boxed_slice());
    (bytes.as_ptr() as u64) << 32 | bytes.len() as u64
}
