//! The proxy's thread: accepts connections and carries out the commands of the test.
//!
//! It ends, and with it every connection, when the sender of commands is dropped.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread::{self, JoinHandle};

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

use super::gate::Gate;
use super::journal::Journal;
use super::relay;
use super::startup::Upstream;

/// Told when a command has been carried out.
pub(super) type Done = Sender<()>;

pub(super) enum Command {
    Cut(Done),
    Refuse(Done),
    Accept(Done),
}

pub(super) struct Acceptor {
    upstream: Upstream,
    journal: Arc<Journal>,
    gate: Arc<Gate>,
    commands: UnboundedReceiver<Command>,
    connections: JoinSet<()>,
    accepting: bool,
}

impl Acceptor {
    pub(super) fn new(
        upstream: Upstream,
        journal: Arc<Journal>,
        gate: Arc<Gate>,
        commands: UnboundedReceiver<Command>,
    ) -> Self {
        Self { upstream, journal, gate, commands, connections: JoinSet::new(), accepting: true }
    }

    /// Runs on a thread of its own.
    pub(super) fn spawn(self, listener: std::net::TcpListener) -> io::Result<JoinHandle<()>> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _guard = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let name = "orm-testing-proxy".to_owned();
        thread::Builder::new().name(name).spawn(move || runtime.block_on(self.run(listener)))
    }

    async fn run(mut self, listener: TcpListener) {
        loop {
            tokio::select! {
                command = self.commands.recv() => match command {
                    Some(command) => self.carry_out(command).await,
                    None => return,
                },
                // A connection that is gone before it is accepted needs nothing.
                Ok((client, _)) = listener.accept() => self.serve(client),
                // Taken out of the set; a connection's error is one that its ends see themselves.
                Some(_) = self.connections.join_next() => {}
            }
        }
    }

    fn serve(&mut self, client: TcpStream) {
        if !self.accepting {
            return;
        }
        let (upstream, journal) = (self.upstream.clone(), Arc::clone(&self.journal));
        let served = relay::serve(client, upstream, journal, Arc::clone(&self.gate));
        self.connections.spawn(async { drop(served.await) });
    }

    async fn carry_out(&mut self, command: Command) {
        let done = match command {
            Command::Cut(done) => {
                self.connections.shutdown().await;
                done
            }
            Command::Refuse(done) => {
                self.accepting = false;
                done
            }
            Command::Accept(done) => {
                self.accepting = true;
                done
            }
        };
        // The handle waits, unless its thread is ending.
        let _ = done.send(());
    }
}
