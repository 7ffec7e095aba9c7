//! PostgreSQL's messages (protocol 3): a type byte, a length that counts itself, and a body.
//!
//! Pure. Bytes are looked at where they lie; a message that has not come whole is not yet one.

/// What the proxy has to know of a message.
#[derive(Clone, Copy)]
pub(super) struct Message<'a> {
    pub(super) tag: u8,
    pub(super) body: &'a [u8],
}

const HEADER: usize = 5;

/// The whole messages at the beginning of `bytes`.
pub(super) fn messages(bytes: &[u8]) -> impl Iterator<Item = Message<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let length = length(rest)?;
        let (message, after) = rest.split_at(length);
        rest = after;
        Some(Message { tag: message[0], body: &message[HEADER..] })
    })
}

/// How many bytes the whole messages at the beginning of `bytes` take.
pub(super) fn whole(bytes: &[u8]) -> usize {
    messages(bytes).map(|message| HEADER + message.body.len()).sum()
}

/// The length of the message at the beginning of `bytes`, if it is there whole.
fn length(bytes: &[u8]) -> Option<usize> {
    let counted = u32::from_be_bytes(*bytes.get(1..HEADER)?.first_chunk()?) as usize;
    // A length below its own four bytes is no message; what comes is passed on by the end.
    let length = 1 + counted.max(4);
    (bytes.len() >= length).then_some(length)
}

impl<'a> Message<'a> {
    /// The zero-terminated strings at the beginning of the body, after `skip` bytes.
    pub(super) fn strings<const N: usize>(self, skip: usize) -> [&'a [u8]; N] {
        let mut parts = self.body.get(skip..).unwrap_or_default().split(|&byte| byte == 0);
        std::array::from_fn(|_| parts.next().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::{messages, whole};

    #[test]
    fn a_message_counts_when_it_is_whole() {
        let bytes = b"Q\0\0\0\x06a\0S\0\0\0\x04P\0\0\0\x09s";
        let tags: Vec<u8> = messages(bytes).map(|message| message.tag).collect();
        assert_eq!(tags, b"QS");
        assert_eq!(whole(bytes), 12);
        assert_eq!(messages(bytes).next().map(|message| message.strings(0)), Some([b"a" as &[u8]]));
    }
}
