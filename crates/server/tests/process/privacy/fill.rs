//! Fills a server with every kind of data there is, all of it marked.

use cerulean_testkit::pb::message_operation::OpType;
use cerulean_testkit::{RestClient, SocketClient, pb, text_body};
use http::Method;
use serde_json::{Value, json};

use super::marks::Marks;
use crate::home::Server;
use crate::people::Person;

/// Who is there to fill in data, and what must be readable through the server afterwards.
pub struct Filled {
    pub alice: Person,
    pub bob: Person,
    pub group: u64,
    /// Texts that the history of the pair must show.
    pub said: Vec<String>,
    /// Address and content of an uploaded file.
    pub file: (String, Vec<u8>),
}

struct Fill<'a> {
    server: &'a Server,
    app: &'a str,
    admin: RestClient,
    marks: &'a mut Marks,
}

/// Fills an app.
pub async fn fill(server: &Server, app: &str, admin_token: &str, marks: &mut Marks) -> Filled {
    marks.given("the administrator's token", admin_token);
    let admin = server.app(app).token(admin_token);
    let mut fill = Fill { server, app, admin, marks };
    let (alice, bob, carol) = (fill.person().await, fill.person().await, fill.person().await);
    fill.profile(&alice).await;
    fill.settings(&bob).await;
    fill.roster(&alice, &bob, &carol).await;
    let file = fill.files(&alice, &bob).await;
    let group = fill.group(&alice, &bob, &carol, &file.0).await;
    let said = fill.messages(&alice, &bob, group).await;
    fill.devices(&alice).await;
    fill.secrets().await;
    fill.refused(&alice, &bob).await;
    Filled { alice, bob, group, said, file }
}

impl Fill<'_> {
    fn anonymous(&self) -> RestClient {
        self.server.app(self.app)
    }

    async fn person(&mut self) -> Person {
        let (name, password) = (self.marks.word("a username"), self.marks.text("a password"));
        let credentials = json!({"username": name, "password": password});
        self.anonymous().post("/user/register/v2", credentials).data().await;
        let person = self.server.sign_in(self.app, &name, &password).await;
        self.marks.given("a token", &person.token);
        person
    }

    async fn profile(&mut self, alice: &Person) {
        let marks = &mut *self.marks;
        let profile = json!({
            "nick_name": marks.text("a nick name"),
            "description": marks.text("a description"),
            "public_info": json!({"note": marks.text("public_info")}).to_string(),
            "private_info": marks.text("private_info"),
        });
        alice.rest().post("/user/profile", profile).data().await;
        let (mobile, email) =
            (marks.phone("a phone number"), format!("{}@example.com", marks.word("an e-mail address")));
        alice.rest().call(Method::POST, "/user/mobile").query(&[("mobile", &mobile)]).data().await;
        alice.rest().post("/user/email", json!({"email": email})).data().await;
        let avatar = format!("https://example.com/{}.png", marks.word("an avatar's address"));
        alice.rest().post("/user/avatar", json!({"avatar": avatar})).data().await;
        // Found by them, too: what is looked for leaves no trace either.
        for query in [mobile.clone(), email.clone(), marks.text("a query without result")] {
            alice.rest().get("/client/v1/users").query(&[("query", &query)]).send().await;
        }
        assert_eq!(alice.rest().get(&format!("/roster/mobile?mobile={mobile}")).data().await["user_id"], alice.id);
        let login = json!({"login_name": email, "password": "wrong"});
        assert_eq!(self.anonymous().post("/token/login", login).code().await, 10010);
    }

    async fn settings(&mut self, bob: &Person) {
        let marks = &mut *self.marks;
        let settings = json!({
            "user_id": bob.id,
            "auth_mode": 2,
            "auth_question": marks.text("a question"),
            "auth_answer": marks.text("its answer"),
            "push_nick_name": marks.text("a name for pushes"),
            "push_token": marks.text("a push token"),
        });
        bob.rest().post("/user/settings", settings).data().await;
        bob.rest().post("/user/push/nickname", json!({"value": marks.text("another name for pushes")})).data().await;
    }

    async fn roster(&mut self, alice: &Person, bob: &Person, carol: &Person) {
        let marks = &mut *self.marks;
        // A wrong answer, then a request that is accepted, one that is declined and one that stays open.
        let wrong = json!({"user_id": bob.id, "alias": "", "reason": "", "auth_answer": marks.text("a wrong answer")});
        assert_eq!(alice.rest().post("/roster/apply", wrong).code().await, 10012);
        let ask = |to: &Person, alias: String, reason: String| json!({"user_id": to.id, "alias": alias, "reason": reason, "auth_answer": ""});
        let asked = ask(alice, marks.text("an alias"), marks.text("a reason to be friends"));
        bob.rest().post("/roster/apply", asked).data().await;
        alice.rest().post("/roster/accept", json!({"user_id": bob.id})).data().await;
        let asked = ask(carol, marks.text("the alias of a declined"), marks.text("a reason that fails"));
        alice.rest().post("/roster/apply", asked).data().await;
        let no = json!({"user_id": alice.id, "reason": marks.text("a reason to decline")});
        carol.rest().post("/roster/decline", no).data().await;
        let asked = ask(alice, marks.text("the alias of an open one"), marks.text("a reason that waits"));
        carol.rest().post("/roster/apply", asked).data().await;
        let notes = json!({"user_id": bob.id, "alias": marks.text("a new alias"), "ext": json!({"note": marks.text("a roster ext")}).to_string()});
        alice.rest().post("/roster/ext", notes).data().await;
        alice.rest().post("/roster/block", json!({"user_id": carol.id})).data().await;
    }

    async fn upload(&self, person: &Person, asked: &str, name: &str, kind: &str, content: Vec<u8>) -> String {
        let addresses = person.rest().get(asked).data().await;
        let part = reqwest::multipart::Part::bytes(content).file_name(name.to_owned()).mime_str(kind).unwrap();
        let form = reqwest::multipart::Form::new().part("file", part);
        let answer =
            person.rest().call(Method::POST, addresses["upload_url"].as_str().unwrap()).multipart(form).send().await;
        assert_eq!(answer.json()["data"], true, "{}", answer.text());
        addresses["download_url"].as_str().unwrap().to_owned()
    }

    /// A text file, a large one, a picture with a thumbnail, an avatar, and an upload that breaks off.
    async fn files(&mut self, alice: &Person, bob: &Person) -> (String, Vec<u8>) {
        let chat = |kind: u32| format!("/file/upload/chat?file_type={kind}&to_type=1&to_id={}", bob.id);
        let name = format!("{}.txt", self.marks.text("the name of a file"));
        let content = self.marks.text("the content of a file").into_bytes();
        let url = self.upload(alice, &chat(100), &name, "text/plain", content.clone()).await;
        assert!(alice.rest().get(&url).send().await.bytes == content);
        let line = self.marks.text("the content of a large file");
        let (name, large) =
            (format!("{}.bin", self.marks.text("the name of a large file")), line.repeat(50_000).into_bytes());
        self.upload(alice, &chat(100), &name, "application/x-thing", large).await;

        let picture = |comment: String| {
            let mut png = std::io::Cursor::new(Vec::new());
            image::RgbImage::from_pixel(600, 600, image::Rgb([7, 7, 7]))
                .write_to(&mut png, image::ImageFormat::Png)
                .unwrap();
            [png.into_inner(), comment.into_bytes()].concat()
        };
        let (name, comment) =
            (format!("{}.png", self.marks.text("the name of a picture")), self.marks.text("a comment in a picture"));
        let shown = self.upload(alice, &chat(102), &name, "image/png", picture(comment)).await;
        assert_eq!(alice.rest().get(&format!("{shown}&image_type=2")).send().await.status, 200);
        let (name, comment) =
            (format!("{}.png", self.marks.text("the name of an avatar")), self.marks.text("a comment in an avatar"));
        let avatar = self.upload(alice, "/file/upload/avatar/user", &name, "image/png", picture(comment)).await;
        alice.rest().post("/user/avatar", json!({"avatar": avatar})).data().await;

        let broken = alice.rest().get(&chat(100)).data().await;
        let half = format!(
            "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\r\n{}",
            self.marks.word("the name of a broken upload"),
            self.marks.text("the content of a broken upload").repeat(10_000)
        );
        let call = alice.rest().call(Method::POST, broken["upload_url"].as_str().unwrap());
        let refused = call.header("content-type", "multipart/form-data; boundary=b").body(half).send().await;
        assert_eq!(refused.status, 400);
        (url, content)
    }

    async fn group(&mut self, alice: &Person, bob: &Person, carol: &Person, file: &str) -> u64 {
        let marks = &mut *self.marks;
        let created = json!({
            "name": marks.text("the name of a group"),
            "type": 0,
            "avatar": marks.text("the avatar of a group"),
            "description": marks.text("the description of a group"),
            "user_list": [bob.id],
        });
        let group = alice.rest().post("/group/create", created).data().await["group_id"].as_u64().unwrap();
        for part in ["name", "avatar", "description", "ext"] {
            let value = json!({"group_id": group, "value": marks.text("a new word about a group")});
            alice.rest().post(&format!("/group/info/{part}"), value).data().await;
        }
        let announced =
            json!({"group_id": group, "title": marks.text("a title"), "content": marks.text("an announcement")});
        alice.rest().post("/group/announcement/edit", announced).data().await;
        let card = json!({"group_id": group, "value": marks.text("a name in a group")});
        bob.rest().post("/group/display_name", card).data().await;
        let shared = json!({"group_id": group, "name": marks.text("the name of a shared file"), "size": 7, "url": file, "type": "txt"});
        let shared = alice.rest().post("/group/file/upload", shared).data().await;
        let renamed = json!({"group_id": group, "file_id": shared["file_id"], "name": marks.text("the new name of a shared file")});
        alice.rest().post("/group/file/update_name", renamed).send().await;
        let approval = json!({"group_id": group, "apply_approval": 1});
        alice.rest().post("/group/settings/require_admin_approval", approval).data().await;
        let asked = json!({"group_id": group, "reason": marks.text("a reason to join")});
        carol.rest().post("/group/apply", asked).data().await;
        carol.rest().post("/user/settings", json!({"user_id": carol.id, "group_confirm": true})).data().await;
        alice.rest().post("/group/invite", json!({"group_id": group, "user_list": [carol.id]})).data().await;
        group
    }

    fn body(&mut self, to: u64) -> pb::MessageBody {
        let marks = &mut *self.marks;
        let mut body = text_body(to, &marks.text("the text of a message"));
        body.config = json!({"senderNickname": marks.text("the config of a message")}).to_string();
        body.attachment = json!({"dName": marks.text("the attachment of a message")}).to_string();
        body.ext = json!({"note": marks.text("the ext of a message")}).to_string();
        body.sender_name = marks.text("the sender's name in a message");
        body
    }

    /// Messages in a pair and in a group: edited, recalled, read, never stored; from the system; over REST.
    async fn messages(&mut self, alice: &Person, bob: &Person, group: u64) -> Vec<String> {
        let (mut alices, mut bobs) = (alice.socket().await, bob.socket().await);
        let mut said = Vec::new();
        for to in [bob.id, group] {
            let body = self.body(to);
            let kept = send(&mut alices, to, body.clone()).await;
            let recalled = self.body(to);
            let recalled = send(&mut alices, to, recalled).await;
            alices.operate(to, OpType::Recall, recalled, Some(to)).await;
            let edited = self.body(to);
            let edited = send(&mut alices, to, edited).await;
            let (replaced, appended) =
                (self.marks.text("a text that replaces"), self.marks.text("a text that is appended"));
            alices.edit(to, OpType::Replace, edited, &replaced).await;
            alices.edit(to, OpType::Append, edited, &appended).await;
            if to == bob.id {
                said.extend([body.content, replaced + &appended]);
                bobs.operate(alice.id, OpType::ReadAck, kept, None).await;
            }
            let mut fleeting = self.body(to);
            fleeting.qos = pb::message_body::QoS::AtMostOnce as i32;
            let meta = alices.message(to, fleeting);
            alices.send(meta).await;
        }
        let too_long = text_body(bob.id, &self.marks.text("a text that is too long").repeat(5000));
        let meta = alices.message(bob.id, too_long);
        alices.refused(meta).await;
        let mut over_rest = json!({"type": 1, "targets": [bob.id], "content_type": 0, "transaction_id": 7});
        for field in ["content", "attachment", "config", "ext"] {
            over_rest[field] = json!({"note": self.marks.text("a message over REST")}).to_string().into();
        }
        alice.rest().post("/message/send", over_rest.clone()).data().await;
        said.push(over_rest["content"].as_str().unwrap().to_owned());
        for path in ["/message/send", "/message/notify", "/message/broadcast"] {
            let mut from_system = json!({"type": 1, "targets": [bob.id], "content_type": 0});
            from_system["content"] = self.marks.text("a word of the system").into();
            from_system["ext"] = self.marks.text("the ext of a word of the system").into();
            self.admin.post(path, from_system).data().await;
        }
        bobs.heartbeat().await;
        for conversation in [alice.id, group, 0] {
            bobs.pull_all(conversation).await;
        }
        said
    }

    async fn devices(&mut self, alice: &Person) {
        let mut provision = alice.connecting().provision();
        let token = self.anonymous().token(&alice.token);
        provision.device_guid = self.marks.text("the guid of a device");
        provision.device_info = self.marks.text("the name of a device");
        provision.device_token = self.marks.text("a device token");
        provision.device_notifier = self.marks.text("a notifier");
        provision.password = self.marks.text("a password in a frame");
        provision.sdk_vsn = self.marks.text("the version of a client");
        // The token of the first session is bound to its device, so this one needs a fresh one.
        let issued = json!({"expire_seconds": 60, "secret_text": provision.token.clone()});
        assert_eq!(token.post("/app/secret_info", issued).code().await, 200);
        let mut socket = alice.connecting().open().await;
        let refused = socket.provision(provision.clone()).await;
        let mut other = self.person().await;
        (provision.xid, provision.token) = (Some(pb::Xid { uid: other.id, device_sn: 0 }), other.token.clone());
        let mut socket = other.connecting().open().await;
        let taken = socket.provision(provision).await;
        assert_eq!(taken.status.unwrap().code, pb::status::ErrorCode::Ok as i32, "and {refused:?}");
        let sn = taken.xid.unwrap().device_sn;
        let bound = json!({"device_sn": sn, "device_token": self.marks.text("a push address"), "notifier_name": self.marks.text("the name of a notifier")});
        other.rest().post("/user/token/bind", bound).data().await;
        other.id = 0;
    }

    async fn secrets(&mut self) {
        for is_taken in [false, true] {
            let text = self.marks.text("a text handed over once");
            let kept = self
                .anonymous()
                .post("/app/secret_info", json!({"expire_seconds": 3600, "secret_text": text}))
                .data()
                .await;
            let code = kept["code"].as_str().unwrap();
            self.marks.given("the code of a secret", code);
            if is_taken {
                let taken = self.anonymous().get(&format!("/app/secret_info?code={code}")).data().await;
                assert_eq!(taken["secret_text"], text);
            }
        }
    }

    /// What is refused must leave no trace either, above all not in the log.
    async fn refused(&mut self, alice: &Person, bob: &Person) {
        let anonymous = self.anonymous();
        let marks = &mut *self.marks;
        for (path, body) in [
            (
                "/token/user",
                json!({"name": marks.text("the name of nobody"), "password": marks.text("a wrong password")}),
            ),
            (
                "/user/register/v2",
                json!({"username": marks.text("a bad name"), "password": marks.text("a password of a bad name")}),
            ),
            ("/message/send", json!({"type": "x", "content": marks.text("a text without token")})),
        ] {
            assert_ne!(anonymous.post(path, body).code().await, 200, "{path}");
        }
        let weak =
            json!({"old_password": marks.text("a wrong old password"), "new_password": marks.text("a new password")});
        assert_ne!(alice.rest().post("/user/change_password", weak).code().await, 200);
        let long: Value = json!({"nick_name": marks.text("a nick name that is too long").repeat(100)});
        assert_eq!(alice.rest().post("/user/nickname", long).code().await, 10002);
        let malformed = format!("{{\"content\": \"{}\"", marks.text("malformed JSON"));
        let call = alice.rest().call(Method::POST, "/message/send").header("content-type", "application/json");
        assert_eq!(call.body(malformed).code().await, 10002);
        let unknown = format!("/{}/{}", marks.word("an unknown path"), bob.id);
        alice.rest().get(&unknown).query(&[("q", &marks.text("an unknown query"))]).send().await;
        alice.rest().get("/user/profile").header("x-note", &marks.word("a header")).data().await;
        let bad_token = marks.word("a bad token");
        alice.rest().get(&format!("/user/profile?access-token={bad_token}")).send().await;
        anonymous.clone().token(&bad_token).get("/user/profile").send().await;
        let mut socket = alice.connecting().open().await;
        socket.send_bytes(marks.text("a frame that is none").into_bytes()).await;
        let mut provision = alice.connecting().provision();
        provision.token = marks.text("a bad token in a frame");
        socket.provision(provision).await;
    }
}

async fn send(socket: &mut SocketClient, to: u64, body: pb::MessageBody) -> u64 {
    let meta = socket.message(to, body);
    socket.send(meta).await.server_mid
}
