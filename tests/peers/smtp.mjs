// A real mail server for tests. It prints one JSON line per event and obeys one word per line of its input; after an address
// and a space, a word holds for that recipient only:
//   normal       takes every message
//   refuse-rcpt  says 554 to every recipient
//   refuse-data  takes the text and says 554 to it
//   later        says 451 to every sender: try again
//   hang         answers no sender any more
//   hang-rcpt    answers nobody who names a recipient
//   swallow      takes the message, prints it, and never says that it did
//   reset        tears the connection
//   slow         answers a little later
// It ends with its input, so that it never outlives its test.

import { createInterface } from "node:readline";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

let mode = process.argv[2] ?? "normal";
const own = new Map();
const of = (recipient) => own.get(recipient.address) ?? mode;

const tell = (event, rest = {}) => process.stdout.write(JSON.stringify({ event, ...rest }) + "\n");

function refusal(code, text) {
  const error = new Error(text);
  error.responseCode = code;
  return error;
}

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ["STARTTLS", "AUTH"],
  disableReverseLookup: true,
  closeTimeout: 100,
  logger: false,
  onConnect(session, done) {
    tell("connected");
    done();
  },
  onMailFrom(address, session, done) {
    tell("sender");
    if (mode === "hang") return tell("hanging");
    if (mode === "later") {
      tell("put-off");
      return done(refusal(451, "try again later"));
    }
    done();
  },
  onRcptTo(address, session, done) {
    const word = of(address);
    tell("recipient", { address: address.address });
    if (word === "hang" || word === "hang-rcpt") return tell("hanging");
    if (word === "reset") {
      for (const one of server.connections) if (one.session === session) one._socket.resetAndDestroy();
      return tell("torn");
    }
    if (word === "later" && mode !== "later") {
      tell("put-off");
      return done(refusal(451, "try again later"));
    }
    if (word === "slow") return setTimeout(done, 300);
    if (word !== "refuse-rcpt") return done();
    tell("refused");
    done(refusal(554, "no such person here"));
  },
  async onData(stream, session, done) {
    // Whoever is killed in the middle has sent nothing.
    const mail = await simpleParser(stream).catch(() => null);
    if (!mail) return tell("broken-off");
    const words = session.envelope.rcptTo.map(of);
    if (words.includes("refuse-data")) {
      tell("refused");
      return done(refusal(554, "this text is not welcome"));
    }
    tell("mail", { mail: shape(mail, session) });
    if (!words.includes("swallow")) done(null, "kept");
  },
});

function shape(mail, session) {
  return {
    envelope_from: session.envelope.mailFrom.address,
    envelope_to: session.envelope.rcptTo.map((one) => one.address),
    from: mail.from?.text ?? "",
    to: mail.to?.text ?? "",
    subject: mail.subject ?? "",
    text: mail.text ?? "",
    html: mail.html || "",
    message_id: mail.messageId ?? "",
    in_reply_to: mail.inReplyTo ?? "",
    references: [mail.references ?? []].flat(),
    attachments: mail.attachments.map((one) => [one.cid ?? "", one.contentType, one.size]),
    headers: Object.fromEntries(mail.headerLines.map(({ key, line }) => [key, line.slice(line.indexOf(":") + 1).trim()])),
  };
}

// A client that was killed is nothing to die of.
server.on("error", (error) => tell("error", { reason: error.message }));
server.listen(0, "127.0.0.1", () => tell("listening", { port: server.server.address().port }));

const input = createInterface({ input: process.stdin });
input.on("line", (line) => {
  const [word, address] = line.trim().split(" ").reverse();
  if (address) own.set(address, word);
  else mode = word;
  tell("mode", { mode: word });
});
input.on("close", () => process.exit(0));
