//! One connection through the proxy: two directions, each a reader and a writer with a queue.
//!
//! A client's messages are noted when they arrive and passed on after the latency. An answer is
//! passed on after the latency, when the client has been silent, and not while `hold` is on; it
//! is noted just before, so that nothing the client does because of it can be noted earlier.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::conversation::Conversation;
use super::gate::{Gate, Waiting};
use super::journal::Journal;
use super::message::{messages, whole};
use super::startup::{Startup, Upstream, receive};

/// How many pieces may be on their way in one direction.
const QUEUE: usize = 256;
const READ_SIZE: usize = 64 * 1024;

/// Whole messages, when they may arrive at the other end, and what they count for until then.
struct Piece<T> {
    bytes: Bytes,
    due: Instant,
    arrived: T,
}

struct Relay {
    gate: Arc<Gate>,
    state: Mutex<State>,
}

struct State {
    conversation: Conversation,
    last_sent: Instant,
}

/// Serves one client until either side ends; dropping the future closes both sides.
pub(super) async fn serve(
    mut client: TcpStream,
    upstream: Upstream,
    journal: Arc<Journal>,
    gate: Arc<Gate>,
) -> io::Result<()> {
    client.set_nodelay(true)?;
    let startup = receive(&mut client).await?;
    let (server_reader, mut server_writer) = upstream.connect().await?;
    match startup {
        Startup::Cancel(packet) => {
            journal.cancel(&packet);
            server_writer.write_all(&packet).await?;
            drop(server_writer);
            finish(server_reader).await
        }
        Startup::Connect(packet) => {
            let relay = Relay::new(journal, gate);
            server_writer.write_all(&packet).await?;
            let (client_reader, client_writer) = client.split();
            // What the client has sent is looked at before an answer is passed on.
            tokio::select! {
                biased;
                result = relay.up(client_reader, server_writer) => result,
                result = relay.down(server_reader, client_writer) => result,
            }
        }
    }
}

/// The server closes the connection when it has dealt with a cancel request.
async fn finish(mut server: impl AsyncRead + Unpin) -> io::Result<()> {
    let mut rest = Vec::new();
    server.read_to_end(&mut rest).await.map(drop)
}

impl Relay {
    fn new(journal: Arc<Journal>, gate: Arc<Gate>) -> Self {
        let conversation = Conversation::new(journal);
        let last_sent = Instant::now();
        Self { gate, state: Mutex::new(State { conversation, last_sent }) }
    }

    /// From the client to the server.
    async fn up(
        &self,
        client: impl AsyncRead + Unpin,
        mut server: impl AsyncWrite + Unpin,
    ) -> io::Result<()> {
        let (sender, mut queue) = mpsc::channel(QUEUE);
        let reading = self.read(client, sender, |bytes| self.sent(bytes));
        let writing = async {
            while let Some(piece) = queue.recv().await {
                sleep_until(piece.due).await;
                server.write_all(&piece.bytes).await?;
            }
            Ok(())
        };
        tokio::try_join!(reading, writing).map(drop)
    }

    /// From the server to the client.
    async fn down(
        &self,
        server: impl AsyncRead + Unpin,
        mut client: impl AsyncWrite + Unpin,
    ) -> io::Result<()> {
        let (sender, mut queue) = mpsc::channel(QUEUE);
        let reading = self.read(server, sender, |bytes| self.answered(bytes));
        let writing = async {
            while let Some(piece) = queue.recv().await {
                sleep_until(piece.due).await;
                self.may_deliver().await;
                drop(piece.arrived);
                self.with_state(|state| state.conversation.delivered(&piece.bytes));
                client.write_all(&piece.bytes).await?;
            }
            Ok(())
        };
        tokio::try_join!(reading, writing).map(drop)
    }

    /// Cuts what arrives into whole messages; what is left at the end is no message.
    async fn read<T>(
        &self,
        mut source: impl AsyncRead + Unpin,
        sender: mpsc::Sender<Piece<T>>,
        arrived: impl Fn(&[u8]) -> T,
    ) -> io::Result<()> {
        let mut buffer = BytesMut::new();
        loop {
            buffer.reserve(READ_SIZE);
            if source.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
            let bytes = buffer.split_to(whole(&buffer)).freeze();
            if bytes.is_empty() {
                continue;
            }
            let arrived = arrived(&bytes);
            let due = Instant::now() + self.gate.latency();
            // The writer ends before its queue does only with an error, which `try_join` returns.
            let _ = sender.send(Piece { bytes, due, arrived }).await;
        }
    }

    fn sent(&self, bytes: &[u8]) {
        self.with_state(|state| {
            state.last_sent = Instant::now();
            state.conversation.sent(bytes);
        });
    }

    fn answered(&self, bytes: &[u8]) -> Waiting {
        let answers = messages(bytes).filter(|message| message.tag == b'Z').count();
        self.gate.keep_waiting(answers)
    }

    /// Returns when nothing is held and the client has been silent for long enough.
    async fn may_deliver(&self) {
        loop {
            self.gate.released().await;
            let quiet = self.with_state(|state| state.last_sent) + self.gate.quiet();
            if Instant::now() >= quiet {
                return;
            }
            sleep_until(quiet).await;
        }
    }

    fn with_state<T>(&self, use_state: impl FnOnce(&mut State) -> T) -> T {
        use_state(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
