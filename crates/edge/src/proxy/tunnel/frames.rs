//! Where WebSocket frames end (RFC 6455 section 5.2), by their headers alone: nothing is unmasked, nothing is kept.
//!
//! At such a border another control frame may be put in, also between the fragments of a message (section 5.4).

/// Follows the frames of one direction.
#[derive(Debug, Default)]
pub(super) struct Frames {
    at: At,
    is_closed: bool,
}

#[derive(Debug, Default)]
enum At {
    /// Between two frames.
    #[default]
    Border,
    /// In a header: what there is of it.
    Header { bytes: [u8; 10], count: usize },
    /// Bytes that are left of a frame: a masking key and the payload.
    Payload(u64),
    /// What comes is no WebSocket.
    Lost,
}

/// Section 5.5.1.
const CLOSE: u8 = 0x8;

impl Frames {
    /// Whether a frame may be put in: between two, and before a Close frame, which is the last one (section 5.5.1).
    pub(super) fn admits(&self) -> bool {
        matches!(self.at, At::Border) && !self.is_closed
    }

    /// Whether there will be another place for a frame.
    pub(super) fn goes_on(&self) -> bool {
        !matches!(self.at, At::Lost) && !self.is_closed
    }

    /// Whether there has been a Close frame.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Takes bytes up to the end of a frame, or all; how many.
    pub(super) fn take(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        while at < bytes.len() {
            match &mut self.at {
                At::Border => self.at = At::Header { bytes: [0; 10], count: 0 },
                At::Header { bytes: header, count } => {
                    header[*count] = bytes[at];
                    (at, *count) = (at + 1, *count + 1);
                    let header = *header;
                    if *count >= length_of(header) {
                        self.begin(header);
                        if matches!(self.at, At::Border) {
                            return at;
                        }
                    }
                }
                At::Payload(left) => {
                    let count = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len() - at);
                    (at, *left) = (at + count, *left - count as u64);
                    if *left == 0 {
                        self.at = At::Border;
                        return at;
                    }
                }
                At::Lost => return bytes.len(),
            }
        }
        at
    }

    /// A header is whole, up to its masking key.
    fn begin(&mut self, header: [u8; 10]) {
        let short = header[1] & 0x7f;
        let payload = match short {
            127 => u64::from_be_bytes([header[2], header[3], header[4], header[5], header[6], header[7], header[8], header[9]]),
            126 => u64::from(u16::from_be_bytes([header[2], header[3]])),
            _ => u64::from(short),
        };
        self.is_closed |= header[0] & 0xf == CLOSE;
        let key = if header[1] & 0x80 == 0 { 0 } else { 4 };
        self.at = match payload {
            // "The most significant bit MUST be 0."
            0x8000_0000_0000_0000.. => At::Lost,
            payload if payload + key == 0 => At::Border,
            payload => At::Payload(payload + key),
        };
    }
}

/// How long the header is that begins with these bytes, without its masking key. The second one may not be there yet: a header has two
/// bytes at least.
fn length_of(header: [u8; 10]) -> usize {
    match header[1] & 0x7f {
        127 => 10,
        126 => 4,
        _ => 2,
    }
}

/// Who sends a frame: a client's are masked, a server's are not (section 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    Client,
    Server,
}

/// "Going away" (section 7.4.1).
const GOING_AWAY: [u8; 2] = 1001_u16.to_be_bytes();

/// A Ping without a payload.
pub(super) fn ping(sender: Sender) -> Vec<u8> {
    control(0x9, &[], sender)
}

/// A Close with the code for "going away".
pub(super) fn close(sender: Sender) -> Vec<u8> {
    control(CLOSE, &GOING_AWAY, sender)
}

fn control(opcode: u8, payload: &[u8], sender: Sender) -> Vec<u8> {
    let length = payload.len() as u8;
    if sender == Sender::Server {
        return [&[0x80 | opcode, length], payload].concat();
    }
    let key = fastrand::u32(..).to_be_bytes();
    let masked: Vec<u8> = payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect();
    [&[0x80 | opcode, 0x80 | length], &key[..], &masked].concat()
}

#[cfg(test)]
mod tests;
