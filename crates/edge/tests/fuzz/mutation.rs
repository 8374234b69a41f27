//! Inputs near the seeds, from a fixed sequence of chances.

/// Longer inputs show nothing more and take their time.
const MAX_INPUT: usize = 2048;

pub(crate) struct Mutator<'a> {
    seeds: &'a [Vec<u8>],
    tokens: &'a [&'a [u8]],
    state: u64,
}

impl<'a> Mutator<'a> {
    pub(crate) fn new(seeds: &'a [Vec<u8>], tokens: &'a [&'a [u8]]) -> Mutator<'a> {
        Mutator { seeds, tokens, state: 0x9e37_79b9_7f4a_7c15 }
    }

    /// A seed with one to eight changes.
    pub(crate) fn next_input(&mut self) -> Vec<u8> {
        let mut input = self.pick(self.seeds).clone();
        for _ in 0..=self.below(8) {
            self.change(&mut input);
        }
        input.truncate(MAX_INPUT);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        let end = at + self.below((input.len() - at).min(16) + 1);
        match self.below(7) {
            0 if at < input.len() => input[at] ^= 1 << self.below(8),
            1 if at < input.len() => input[at] = self.byte(),
            2 => input.insert(at, self.byte()),
            3 => drop(input.drain(at..end)),
            4 => {
                let piece = input[at..end].to_vec();
                let to = self.below(input.len() + 1);
                input.splice(to..to, piece);
            }
            5 => {
                let other = self.pick(self.seeds);
                let from = self.below(other.len() + 1);
                input.splice(at..end, other[from..].iter().copied().take(32));
            }
            _ => {
                let token = *self.pick(self.tokens);
                input.splice(at..at, token.iter().copied());
            }
        }
    }

    fn pick<T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    fn byte(&mut self) -> u8 {
        self.below(256) as u8
    }

    /// xorshift64*; the bias of the remainder does not matter here.
    fn below(&mut self, end: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end
    }
}
