// as-lint marks the lines of a saved file that still say TODO or FIXME.
//
// AssemblyScript with its minimal runtime. Each call runs in a fresh instance, so nothing that
// the host holds an address of is ever collected.

// @ts-ignore: decorator
@external("samuel", "log")
declare function hostLog(level: usize, levelLen: i32, text: usize, textLen: i32): void;
// @ts-ignore: decorator
@external("samuel", "fs_read")
declare function hostRead(path: usize, pathLen: i32): u64;
// @ts-ignore: decorator
@external("samuel", "callback")
declare function hostCallback(name: usize, nameLen: i32, payload: usize, payloadLen: i32): i32;

export function samuel_protocol_version(): i32 {
  return 1;
}

export function health(): i32 {
  return 0;
}

export function samuel_alloc(len: i32): usize {
  return heap.alloc(len);
}

export function lint(payload: usize, len: i32): u64 {
  return packed(check(String.UTF8.decodeUnsafe(payload, len)));
}

function check(payload: string): string {
  const raw = pathOf(payload);
  if (raw === null) {
    log("no file was saved: nothing to check");
    return '{"ok":true,"findings":0}';
  }
  callback("progress", '{"title":"lint","message":"' + raw + '"}');

  const path = unescaped(raw);
  const name = String.UTF8.encode(path);
  const content = hostRead(changetype<usize>(name), name.byteLength);
  if (content == 0) return '{"ok":false,"reason":"cannot read ' + raw + '"}';

  const text = String.UTF8.decodeUnsafe(<usize>(content >> 32), <usize>(content & 0xffffffff));
  const findings = find(raw, text);
  callback("diagnostics", "[" + findings.join(",") + "]");
  log(path + ": " + findings.length.toString() + " unfinished");
  return '{"ok":true,"findings":' + findings.length.toString() + "}";
}

// A finding for each line that holds a marker; the path stays escaped as it came.
function find(path: string, text: string): string[] {
  const found: string[] = [];
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const todo = lines[i].indexOf("TODO");
    const fixme = lines[i].indexOf("FIXME");
    if (todo < 0 && fixme < 0) continue;
    const isTodo = fixme < 0 || (todo >= 0 && todo < fixme);
    const marker = isTodo ? "TODO" : "FIXME";
    const column = codePoints(lines[i], isTodo ? todo : fixme) + 1;
    found.push(
      '{"path":"' + path +
        '","line":' + (i + 1).toString() +
        ',"column":' + column.toString() +
        ',"end_column":' + (column + marker.length).toString() +
        ',"severity":"warning","rule":"unfinished","message":"' + marker + ' is left in this line"}',
    );
  }
  return found;
}

// Code points in the first n UTF-16 units: the second half of a pair counts for nothing.
function codePoints(s: string, n: i32): i32 {
  let count = 0;
  for (let i = 0; i < n; i++) {
    if ((s.charCodeAt(i) & 0xfc00) != 0xdc00) count++;
  }
  return count;
}

// The value of "path" in the payload as it stands there: escaped, without its quotes.
function pathOf(payload: string): string | null {
  const key = payload.indexOf('"path"');
  if (key < 0) return null;
  const start = payload.indexOf('"', key + 6) + 1;
  if (start == 0) return null;
  for (let i = start; i < payload.length; i++) {
    const c = payload.charCodeAt(i);
    if (c == 0x5c) i++; // a backslash and what it escapes
    else if (c == 0x22) return payload.substring(start, i);
  }
  return null;
}

function unescaped(raw: string): string {
  let out = "";
  for (let i = 0; i < raw.length; i++) {
    if (raw.charCodeAt(i) != 0x5c) {
      out += raw.charAt(i);
    } else if (raw.charAt(++i) == "u") {
      out += String.fromCharCode(<i32>parseInt(raw.substr(i + 1, 4), 16));
      i += 4;
    } else {
      out += raw.charAt(i);
    }
  }
  return out;
}

function log(message: string): void {
  const level = String.UTF8.encode("info");
  const text = String.UTF8.encode(message);
  hostLog(changetype<usize>(level), level.byteLength, changetype<usize>(text), text.byteLength);
}

function callback(name: string, payload: string): void {
  const n = String.UTF8.encode(name);
  const p = String.UTF8.encode(payload);
  const refused = hostCallback(changetype<usize>(n), n.byteLength, changetype<usize>(p), p.byteLength);
  if (refused != 0) log("the host did not take " + name);
}

// An address and a length in one number.
function packed(text: string): u64 {
  const bytes = String.UTF8.encode(text);
  return (<u64>changetype<usize>(bytes) << 32) | <u64>bytes.byteLength;
}
