//! A sentence made while the application is compiled.

const CAPACITY: usize = 1024;

/// A text that grows in a `const fn`; what goes beyond its capacity is cut off at a whole part.
#[derive(Clone, Copy)]
pub(super) struct Sentence {
    bytes: [u8; CAPACITY],
    len: usize,
}

impl Sentence {
    /// Nothing said yet.
    pub(super) const fn new() -> Self {
        Self { bytes: [0; CAPACITY], len: 0 }
    }

    /// The sentence with this after it.
    pub(super) const fn then(mut self, part: &str) -> Self {
        let part = part.as_bytes();
        if self.len + part.len() > CAPACITY {
            return self;
        }
        let mut i = 0;
        while i < part.len() {
            self.bytes[self.len] = part[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    /// Ends the compilation with the sentence.
    #[track_caller]
    pub(super) const fn fail(&self) -> ! {
        match std::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => panic!("{}", text),
            Err(_) => panic!("a sentence is made of whole parts"),
        }
    }
}
