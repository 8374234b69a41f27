use super::*;

/// Frames as section 5.2 draws them, and where each ends.
#[derive(Default)]
struct Stream {
    bytes: Vec<u8>,
    borders: Vec<usize>,
}

impl Stream {
    fn frame(&mut self, first: u8, length: usize, masked: bool) {
        let mask = if masked { 0x80 } else { 0 };
        self.bytes.push(first);
        match length {
            0..=125 => self.bytes.push(mask | length as u8),
            126..=0xffff => {
                self.bytes.push(mask | 126);
                self.bytes.extend((length as u16).to_be_bytes());
            }
            _ => {
                self.bytes.push(mask | 127);
                self.bytes.extend((length as u64).to_be_bytes());
            }
        }
        let rest = length + if masked { 4 } else { 0 };
        // Payloads that look like headers.
        self.bytes.extend((0..rest).map(|at| [0x88, 0x00, 0x81, 0x7f][at % 4]));
        self.borders.push(self.bytes.len());
    }
}

/// Feeds the pieces and notes where `take` stops between two frames.
fn borders(pieces: &[&[u8]]) -> (Vec<usize>, Frames) {
    let (mut frames, mut found, mut at) = (Frames::default(), Vec::new(), 0);
    for piece in pieces {
        let mut piece = *piece;
        while !piece.is_empty() {
            let count = frames.take(piece);
            assert!(count > 0, "it goes on");
            (at, piece) = (at + count, &piece[count..]);
            if matches!(frames.at, At::Border) {
                found.push(at);
            }
        }
    }
    (found, frames)
}

#[test]
fn any_split_of_any_frames_finds_the_same_borders() {
    let mut random = fastrand::Rng::with_seed(6455);
    for _ in 0..300 {
        let mut stream = Stream::default();
        for _ in 0..random.usize(1..8) {
            let lengths =
                [0, 1, random.usize(0..126), 125, 126, random.usize(126..2000), 65_535, 65_536, random.usize(65_536..70_000)];
            // Text, binary, continuation, with and without FIN and a bit of permessage-deflate; Ping, Pong.
            let first = *random.choice(&[0x81, 0x82, 0x01, 0x00, 0x80, 0xc1, 0x89, 0x8a]).unwrap();
            stream.frame(first, *random.choice(&lengths).unwrap(), random.bool());
        }
        let (mut pieces, mut rest) = (Vec::new(), &stream.bytes[..]);
        while !rest.is_empty() {
            let most = *random.choice(&[1, 2, 3, 11, 70_000]).unwrap();
            let (piece, after) = rest.split_at(random.usize(1..=most).min(rest.len()));
            pieces.push(piece);
            rest = after;
        }
        let (found, frames) = borders(&pieces);
        assert_eq!(found, stream.borders);
        assert!(frames.admits());
    }
}

#[test]
fn every_byte_by_itself() {
    let mut stream = Stream::default();
    for (first, length, masked) in [(0x81, 5, true), (0x89, 0, false), (0x89, 0, true), (0x82, 300, false), (0x82, 65_536, true)]
    {
        stream.frame(first, length, masked);
    }
    let pieces: Vec<&[u8]> = stream.bytes.chunks(1).collect();
    assert_eq!(borders(&pieces).0, stream.borders);
}

#[test]
fn nothing_is_put_in_after_a_close_nor_into_what_is_no_websocket() {
    let mut stream = Stream::default();
    stream.frame(0x88, 2, true);
    let (_, frames) = borders(&[&stream.bytes]);
    assert!(!frames.admits() && frames.is_closed());
    let mut frames = Frames::default();
    let bytes = [&[0x82, 127, 0x80][..], &[0; 100]].concat();
    assert_eq!(frames.take(&bytes), bytes.len());
    assert!(!frames.admits() && !frames.is_closed());
}

/// Read back as section 5.3 says.
#[test]
fn own_frames() {
    assert_eq!(ping(Sender::Server), [0x89, 0]);
    assert_eq!(close(Sender::Server), [0x88, 2, 0x03, 0xe9]);
    let ping = ping(Sender::Client);
    assert_eq!((&ping[..2], ping.len()), (&[0x89, 0x80][..], 6));
    let close = close(Sender::Client);
    assert_eq!((&close[..2], close.len()), (&[0x88, 0x82][..], 8));
    assert_eq!([close[6] ^ close[2], close[7] ^ close[3]], [0x03, 0xe9]);
}
