//! A mail server for tests: real SMTP over loopback, with rules for how it behaves.

use base64::{Engine, engine::general_purpose::STANDARD};
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What the server does when a recipient is named.
#[derive(Clone, Debug)]
pub enum Rule {
    /// Answers this line always, such as `550 5.1.1 No such user`.
    Always(String),
    /// Answers this line so many times, and then takes the mail.
    Times(usize, String),
    /// Says nothing more and keeps the connection open.
    Stall,
}

/// A mail that the server took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    /// Headers and body as they came, with `\n` at the line ends.
    pub raw: String,
}

#[derive(Debug, Default)]
struct Book {
    rules: HashMap<String, Rule>,
    sign_in: Option<String>,
    ascii_only: bool,
    received: Vec<Received>,
    /// Every line of every client, mails aside.
    commands: Vec<String>,
}

/// Ends with its value.
#[derive(Debug)]
pub struct MailServer {
    address: SocketAddr,
    book: Arc<Mutex<Book>>,
    listening: JoinHandle<()>,
}

impl MailServer {
    /// # Panics
    /// When loopback has no port left.
    pub async fn start() -> Self {
        Self::start_at(([127, 0, 0, 1], 0).into()).await
    }

    /// At a known place, such as that of a server that was stopped.
    ///
    /// # Panics
    /// When somebody else is there.
    pub async fn start_at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.expect("the address is free");
        let address = listener.local_addr().expect("a listener has an address");
        let book = Arc::<Mutex<Book>>::default();
        let served = Arc::clone(&book);
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let book = Arc::clone(&served);
                tokio::spawn(async move { converse(stream, &book).await });
            }
        });
        Self {
            address,
            book,
            listening,
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// For [`Transport::from_url`](super::Transport::from_url).
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub fn rule(&self, recipient: &str, rule: Rule) {
        lock(&self.book).rules.insert(recipient.to_owned(), rule);
    }

    /// Answers this line to whoever signs in, such as `535 5.7.8 Authentication failed`; `235 ok` by default.
    pub fn answer_sign_in(&self, answer: &str) {
        lock(&self.book).sign_in = Some(answer.to_owned());
    }

    /// Offers no SMTPUTF8.
    pub fn know_ascii_only(&self) {
        lock(&self.book).ascii_only = true;
    }

    pub fn received(&self) -> Vec<Received> {
        lock(&self.book).received.clone()
    }

    /// Those that came after the first so many.
    pub fn received_after(&self, first: usize) -> Vec<Received> {
        lock(&self.book).received.iter().skip(first).cloned().collect()
    }

    /// The mails to one recipient, oldest first.
    pub fn received_by(&self, recipient: &str) -> Vec<Received> {
        self.received()
            .into_iter()
            .filter(|mail| mail.to.iter().any(|to| to == recipient))
            .collect()
    }

    pub fn commands(&self) -> Vec<String> {
        lock(&self.book).commands.clone()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

fn lock(book: &Mutex<Book>) -> MutexGuard<'_, Book> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One client, until it leaves.
async fn converse(stream: TcpStream, book: &Mutex<Book>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut mail = Received::default();
    say(&mut stream, "220 test ESMTP").await?;
    loop {
        let line = hear(&mut stream).await?;
        lock(book).commands.push(line.clone());
        let verb = line
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => {
                let utf8 = if lock(book).ascii_only {
                    ""
                } else {
                    "250-SMTPUTF8\r\n"
                };
                say(
                    &mut stream,
                    &format!("250-test\r\n{utf8}250-8BITMIME\r\n250 AUTH PLAIN LOGIN"),
                )
                .await?;
            }
            "AUTH" => {
                let answer = lock(book).sign_in.clone().unwrap_or_else(|| "235 ok".to_owned());
                say(&mut stream, &answer).await?;
            }
            "MAIL" => {
                mail = Received {
                    from: path(&line),
                    ..Received::default()
                };
                say(&mut stream, "250 ok").await?;
            }
            "RCPT" => match judge(book, &path(&line)) {
                Some(Rule::Stall) => std::future::pending().await,
                Some(Rule::Always(answer) | Rule::Times(_, answer)) => say(&mut stream, &answer).await?,
                None => {
                    mail.to.push(path(&line));
                    say(&mut stream, "250 ok").await?;
                }
            },
            "DATA" => {
                say(&mut stream, "354 go on").await?;
                mail.raw = hear_mail(&mut stream).await?;
                lock(book).received.push(std::mem::take(&mut mail));
                say(&mut stream, "250 taken").await?;
            }
            "QUIT" => return say(&mut stream, "221 bye").await,
            _ => say(&mut stream, "250 ok").await?,
        }
    }
}

/// The rule that holds for this recipient now.
fn judge(book: &Mutex<Book>, recipient: &str) -> Option<Rule> {
    let mut book = lock(book);
    let rule = book.rules.get_mut(recipient)?;
    match rule {
        Rule::Times(0, _) => None,
        Rule::Times(left, _) => {
            *left -= 1;
            Some(rule.clone())
        }
        Rule::Always(_) | Rule::Stall => Some(rule.clone()),
    }
}

async fn say(stream: &mut BufReader<TcpStream>, line: &str) -> Option<()> {
    stream
        .get_mut()
        .write_all(format!("{line}\r\n").as_bytes())
        .await
        .ok()
}

async fn hear(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    (stream.read_line(&mut line).await.ok()? > 0).then(|| line.trim_end().to_owned())
}

async fn hear_mail(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut mail = String::new();
    loop {
        let line = hear(stream).await?;
        if line == "." {
            return Some(mail);
        }
        mail.push_str(line.strip_prefix('.').unwrap_or(&line));
        mail.push('\n');
    }
}

/// What stands between the angle brackets.
fn path(line: &str) -> String {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map(|(path, _)| path.to_owned()).unwrap_or_default()
}

impl Received {
    /// A header's value as it came, unfolded; one header of that name is expected.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self
            .raw
            .split("\n\n")
            .next()?
            .replace("\n ", " ")
            .replace("\n\t", " ");
        let value = |line: &str| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        };
        head.lines().find_map(value)
    }

    /// The text part, decoded.
    pub fn text(&self) -> String {
        self.part("text/plain")
    }

    /// The HTML part, decoded.
    pub fn html(&self) -> String {
        self.part("text/html")
    }

    /// The first address in the text that begins so, such as that of an invitation.
    pub fn link(&self, beginning: &str) -> Option<String> {
        let text = self.text();
        text.split_whitespace()
            .find(|word| word.starts_with(beginning))
            .map(str::to_owned)
    }

    fn part(&self, kind: &str) -> String {
        let whole = self
            .raw
            .split("\n--")
            .find(|part| part.contains(&format!("Content-Type: {kind}")));
        let (head, body) = whole.and_then(|part| part.split_once("\n\n")).unwrap_or_default();
        if head.contains("quoted-printable") {
            from_quoted_printable(body)
        } else if head.contains("base64") {
            let bytes = STANDARD
                .decode(body.split_whitespace().collect::<String>())
                .unwrap_or_default();
            String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
        } else {
            body.to_owned()
        }
    }
}

/// RFC 2045 section 6.7.
fn from_quoted_printable(body: &str) -> String {
    let mut bytes = Vec::new();
    let joined = body.replace("=\n", "");
    let mut rest = joined.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        let escaped = (*first == b'=').then(|| others.get(..2)).flatten();
        let byte = escaped.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &others[2..] } else { others };
    }
    String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
}
