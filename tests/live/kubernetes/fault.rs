//! A door to the real API server that refuses when told to, and remembers what was sent through it.
//!
//! `kubectl proxy` brings the credentials; this stands before it on the loopback. One request a connection, so that
//! nothing has to be understood of an answer: bytes go through as they come.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::bench::given;

/// What was asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub content_type: String,
    pub body: String,
}

type Rule = Box<dyn FnMut(&Asked) -> Option<String> + Send>;

/// The door.
pub struct Door {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    rule: Arc<Mutex<Rule>>,
    proxy: Child,
}

impl Door {
    pub async fn open() -> Self {
        let program = std::env::var("GANTRY_TEST_KUBECTL").unwrap_or_else(|_| "kubectl".into());
        let mut proxy = Command::new(program)
            .args(["--kubeconfig", &given("GANTRY_TEST_KUBECONFIG"), "proxy", "--port=0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(proxy.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let behind = line.trim().rsplit(' ').next().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let rule: Arc<Mutex<Rule>> = Arc::new(Mutex::new(Box::new(|_: &Asked| None)));
        let (seen, rules) = (asked.clone(), rule.clone());
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, behind.clone(), seen.clone(), rules.clone()));
            }
        });
        Self { url, asked, rule, proxy }
    }

    /// Answers instead of the server wherever `rule` gives an answer.
    pub fn refuse(&self, rule: impl FnMut(&Asked) -> Option<String> + Send + 'static) {
        *self.rule.lock().unwrap() = Box::new(rule);
    }

    /// All requests of `method` so far.
    pub fn asked(&self, method: &str) -> Vec<Asked> {
        self.asked.lock().unwrap().iter().filter(|asked| asked.method == method).cloned().collect()
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        let _ = self.proxy.kill();
        let _ = self.proxy.wait();
    }
}

/// A whole answer with `headers` (each ending in a line end).
pub fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

async fn carry(
    mut near: TcpStream,
    behind: String,
    seen: Arc<Mutex<Vec<Asked>>>,
    rule: Arc<Mutex<Rule>>,
) -> Option<()> {
    let mut read = Vec::new();
    let end = loop {
        if let Some(at) = read.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break at + 4;
        }
        if near.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&read[..end]).into_owned();
    let header = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).next()
    };
    let length: usize = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    while read.len() < end + length {
        if near.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    }
    let mut words = head.split_whitespace();
    let asked = Asked {
        method: words.next()?.to_owned(),
        content_type: header("content-type").unwrap_or_default(),
        body: String::from_utf8_lossy(&read[end..]).into_owned(),
    };
    let refused = (rule.lock().unwrap())(&asked);
    seen.lock().unwrap().push(asked);
    if let Some(answer) = refused {
        near.write_all(answer.as_bytes()).await.ok()?;
        return Some(());
    }
    let mut far = TcpStream::connect(behind).await.ok()?;
    let (first, rest) = head.split_once("\r\n")?;
    let rest: Vec<&str> =
        rest.lines().filter(|line| !line.to_lowercase().starts_with("connection:")).collect();
    // The last of these is the empty one that ends the head.
    let rest = rest.join("\r\n");
    far.write_all(format!("{first}\r\nConnection: close\r\n{rest}\r\n").as_bytes()).await.ok()?;
    far.write_all(&read[end..]).await.ok()?;
    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
    Some(())
}
