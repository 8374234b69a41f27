//! A name server: UDP and TCP on one port, answers that tests set, and a record of what it was asked.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::proto::op::{Message, MessageType, Query, ResponseCode};
use hickory_resolver::proto::rr::rdata::{CNAME, TXT};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use parking_lot::Mutex;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

/// What it says. A name that was never set does not exist.
#[derive(Clone)]
pub(crate) enum Reply {
    Records(u32, Vec<RData>),
    /// This name, and what it has.
    Alias(&'static str, Box<Reply>),
    Code(ResponseCode),
    Silence,
    /// The first question gets lost.
    OnSecondAsking(Box<Reply>),
}

pub(crate) fn addresses(ttl: u32, addresses: &[&str]) -> Reply {
    Reply::Records(ttl, addresses.iter().map(|address| address.parse::<IpAddr>().unwrap().into()).collect())
}

/// One TXT record, in strings as long as they may be.
pub(crate) fn text(ttl: u32, text: &str) -> Reply {
    let strings = text.as_bytes().chunks(255).map(|chunk| String::from_utf8(chunk.to_vec()).unwrap());
    Reply::Records(ttl, vec![RData::TXT(TXT::new(strings.collect()))])
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    zone: Arc<Zone>,
}

#[derive(Default)]
struct Zone {
    replies: Mutex<HashMap<(String, RecordType), Reply>>,
    asked: Mutex<Vec<(String, RecordType)>>,
}

/// What fits in a datagram (RFC 1035 section 2.3.4).
const DATAGRAM: usize = 512;

impl Server {
    /// It ends with the runtime of the test.
    pub(crate) async fn start() -> Server {
        let (udp, tcp) = loop {
            let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
            if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
                break (udp, tcp);
            }
        };
        let server = Server { address: udp.local_addr().unwrap(), zone: Arc::default() };
        tokio::spawn(datagrams(udp, Arc::clone(&server.zone)));
        let zone = Arc::clone(&server.zone);
        tokio::spawn(async move {
            while let Ok((stream, _)) = tcp.accept().await {
                tokio::spawn(stream_of_questions(stream, Arc::clone(&zone)));
            }
        });
        server
    }

    pub(crate) fn set(&self, name: &str, kind: RecordType, reply: Reply) {
        self.zone.replies.lock().insert((name.to_owned(), kind), reply);
    }

    /// Every question so far.
    pub(crate) fn questions(&self) -> Vec<(String, RecordType)> {
        self.zone.asked.lock().clone()
    }

    pub(crate) fn forget(&self) {
        self.zone.asked.lock().clear();
    }

    /// Waits until it has been asked so often from now on.
    pub(crate) async fn asked(&self, name: &str, kind: RecordType, times: usize) {
        let count = || self.questions().iter().filter(|asked| asked.0 == name && asked.1 == kind).count();
        let before = count();
        for _ in 0..3000 {
            if count() >= before + times {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("asked about `{name}` only {} times", count() - before);
    }
}

async fn datagrams(socket: UdpSocket, zone: Arc<Zone>) {
    let mut buffer = [0; DATAGRAM];
    while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
        let Some(mut answer) = zone.answer(&buffer[..length]) else { continue };
        let mut bytes = answer.to_vec().unwrap();
        if bytes.len() > DATAGRAM {
            answer.take_answers();
            answer.set_truncated(true);
            bytes = answer.to_vec().unwrap();
        }
        socket.send_to(&bytes, peer).await.unwrap();
    }
}

/// Each message has its length in front (RFC 1035 section 4.2.2).
async fn stream_of_questions(mut stream: TcpStream, zone: Arc<Zone>) {
    while let Ok(length) = stream.read_u16().await {
        let mut question = vec![0; length.into()];
        stream.read_exact(&mut question).await.unwrap();
        let Some(answer) = zone.answer(&question) else { continue };
        let bytes = answer.to_vec().unwrap();
        stream.write_u16(bytes.len().try_into().unwrap()).await.unwrap();
        stream.write_all(&bytes).await.unwrap();
    }
}

impl Zone {
    fn answer(&self, question: &[u8]) -> Option<Message> {
        let question = Message::from_vec(question).unwrap();
        let query = question.query().unwrap().clone();
        let key = (query.name().to_ascii().trim_end_matches('.').to_owned(), query.query_type());
        assert!(question.extensions().is_none(), "nobody has asked for EDNS");
        self.asked.lock().push(key.clone());
        let mut answer = Message::new();
        answer.set_id(question.id()).set_message_type(MessageType::Response).set_recursion_desired(true);
        answer.add_query(query.clone());
        let reply = self.reply(&key);
        self.write(&mut answer, &query, reply).then_some(answer)
    }

    /// A name that has something has nothing else.
    fn reply(&self, key: &(String, RecordType)) -> Reply {
        let mut replies = self.replies.lock();
        match replies.get(key).cloned() {
            Some(Reply::OnSecondAsking(then)) => {
                replies.insert(key.clone(), *then);
                Reply::Silence
            }
            Some(reply) => reply,
            None if replies.keys().any(|(name, _)| *name == key.0) => Reply::Code(ResponseCode::NoError),
            None => Reply::Code(ResponseCode::NXDomain),
        }
    }

    /// Whether anything is to be said.
    fn write(&self, answer: &mut Message, query: &Query, reply: Reply) -> bool {
        match reply {
            Reply::Records(ttl, records) => {
                answer.add_answers(records.into_iter().map(|data| Record::from_rdata(query.name().clone(), ttl, data)));
            }
            Reply::Alias(name, reply) => {
                let name = Name::from_ascii(format!("{name}.")).unwrap();
                answer.add_answer(Record::from_rdata(query.name().clone(), 9, RData::CNAME(CNAME(name.clone()))));
                return self.write(answer, &Query::query(name, query.query_type()), *reply);
            }
            Reply::Code(code) => {
                answer.set_response_code(code);
            }
            Reply::Silence | Reply::OnSecondAsking(_) => return false,
        }
        true
    }
}
