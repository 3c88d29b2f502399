//! The mail server of this test, the way to it, which can be cut or stall, and what has arrived.

use backend::mail::testing::MailServer;
use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    sync::Mutex,
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpSocket, TcpStream},
    sync::watch,
};

/// How the mail server behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Open,
    /// Nobody listens, and who was connected is cut off.
    Closed,
    /// Connections are taken, and nothing is said in them any more.
    Stalled,
}

pub(super) struct Post {
    mails: MailServer,
    way: watch::Sender<Way>,
    arrived: Mutex<Arrived>,
}

#[derive(Default)]
struct Arrived {
    read: usize,
    /// How often, by the id that the outbox has for it.
    mails: BTreeMap<String, usize>,
    /// The tokens of invitations, by who is invited.
    tokens: HashMap<String, String>,
}

impl Post {
    /// `place`: where the servers believe their mail server to be.
    pub(super) async fn open(place: SocketAddr) -> Self {
        let mails = MailServer::start().await;
        let (way, ways) = watch::channel(Way::Open);
        tokio::spawn(keep_way(place, mails.address(), ways));
        Self {
            mails,
            way,
            arrived: Mutex::default(),
        }
    }

    pub(super) fn set(&self, way: Way) {
        self.way.send_replace(way);
    }

    /// Of the newest invitation to somebody, if it has arrived.
    pub(super) fn token(&self, recipient: &str) -> Option<String> {
        let mut arrived = self.arrived.lock().unwrap();
        arrived.read_on(&self.mails);
        arrived.tokens.get(recipient).cloned()
    }

    pub(super) fn arrived(&self) -> BTreeMap<String, usize> {
        let mut arrived = self.arrived.lock().unwrap();
        arrived.read_on(&self.mails);
        arrived.mails.clone()
    }
}

impl Arrived {
    fn read_on(&mut self, server: &MailServer) {
        for mail in server.received_after(self.read) {
            self.read += 1;
            let id = mail.header("Message-ID").unwrap();
            let id = id.trim_start_matches('<').split('@').next().unwrap();
            *self.mails.entry(id.to_owned()).or_default() += 1;
            let link = mail.link("http://").unwrap_or_default();
            if let Some((_, token)) = link.split_once("/invitations/") {
                self.tokens.insert(mail.to[0].clone(), token.to_owned());
            }
        }
    }
}

async fn keep_way(place: SocketAddr, mails: SocketAddr, mut way: watch::Receiver<Way>) {
    loop {
        if way.wait_for(|way| *way != Way::Closed).await.is_err() {
            return;
        }
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(place).unwrap();
        let listener = socket.listen(64).unwrap();
        let mut ways = way.clone();
        loop {
            tokio::select! {
                _ = ways.wait_for(|way| *way == Way::Closed) => break,
                client = listener.accept() => {
                    tokio::spawn(lead(client.unwrap().0, mails, way.clone()));
                }
            }
        }
    }
}

/// One connection, until the way is another.
async fn lead(mut client: TcpStream, mails: SocketAddr, mut way: watch::Receiver<Way>) -> Option<()> {
    if *way.borrow() == Way::Open {
        let mut server = TcpStream::connect(mails).await.ok()?;
        tokio::select! {
            _ = copy_bidirectional(&mut client, &mut server) => return None,
            _ = way.wait_for(|way| *way != Way::Open) => {}
        }
    }
    // A stall ends with the connection.
    way.wait_for(|way| *way != Way::Stalled).await.ok()?;
    Some(())
}
