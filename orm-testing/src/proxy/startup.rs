//! The beginning of a connection, before messages have type bytes, and the way to the server.
//!
//! Encryption is declined, because the proxy has to read; a cancel request is handed on.

use std::io;
use std::path::PathBuf;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

use crate::Error;

const DEFAULT_PORT: u16 = 5432;
const CANCEL_REQUEST: u32 = 80_877_102;
const SSL_REQUEST: u32 = 80_877_103;
const GSSENC_REQUEST: u32 = 80_877_104;

/// PostgreSQL's own limit for a startup packet.
const LONGEST_PACKET: u32 = 10_000;

/// Where the server listens.
#[derive(Clone)]
pub(super) enum Upstream {
    Tcp(String, u16),
    Unix(PathBuf),
}

/// How a connection begins; with the packet to hand on.
pub(super) enum Startup {
    Connect(Vec<u8>),
    Cancel(Vec<u8>),
}

pub(super) type Reader = Box<dyn AsyncRead + Send + Unpin>;
pub(super) type Writer = Box<dyn AsyncWrite + Send + Unpin>;

impl Upstream {
    /// The first host of a configuration.
    pub(super) fn of(config: &Config) -> Result<Self, Error> {
        let port = config.get_ports().first().copied().unwrap_or(DEFAULT_PORT);
        match config.get_hosts().first() {
            Some(Host::Tcp(name)) => Ok(Self::Tcp(name.clone(), port)),
            Some(Host::Unix(path)) => Ok(Self::Unix(path.join(format!(".s.PGSQL.{port}")))),
            None => Err(Error::configuration("the URL names no host".to_owned())),
        }
    }

    pub(super) async fn connect(&self) -> io::Result<(Reader, Writer)> {
        match self {
            Self::Tcp(name, port) => {
                let stream = TcpStream::connect((name.as_str(), *port)).await?;
                stream.set_nodelay(true)?;
                let (reader, writer) = stream.into_split();
                Ok((Box::new(reader), Box::new(writer)))
            }
            Self::Unix(path) => {
                let (reader, writer) = UnixStream::connect(path).await?.into_split();
                Ok((Box::new(reader), Box::new(writer)))
            }
        }
    }
}

/// Reads a client's first packets up to the one that the server is to see.
pub(super) async fn receive(client: &mut TcpStream) -> io::Result<Startup> {
    loop {
        let (code, packet) = packet(client).await?;
        match code {
            SSL_REQUEST | GSSENC_REQUEST => client.write_all(b"N").await?,
            CANCEL_REQUEST => return Ok(Startup::Cancel(packet)),
            _ => return Ok(Startup::Connect(packet)),
        }
    }
}

/// A packet without type byte: its length, its code, and the rest.
async fn packet(client: &mut TcpStream) -> io::Result<(u32, Vec<u8>)> {
    let length = client.read_u32().await?;
    if !(8..=LONGEST_PACKET).contains(&length) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut packet = length.to_be_bytes().to_vec();
    packet.resize(length as usize, 0);
    client.read_exact(&mut packet[4..]).await?;
    let code = packet[4..].first_chunk().map_or(0, |code| u32::from_be_bytes(*code));
    Ok((code, packet))
}
