// A server that behaves as Twilio's documents say of the Messages API, its status callbacks and its webhook for messages that
// come in. It prints one JSON line per event and obeys one JSON line of its input at a time:
//   {"mode":"deliver"}      messages go queued, sent, delivered, and each step is called back
//   {"mode":"undelivered"}  they end undelivered, with the error 30003
//   {"mode":"busy"}         429 with Retry-After
//   {"mode":"quiet"}        takes messages and calls nobody back
//   {"url":…,"from":…,"body":…,"sid":…,"sign":true|false}  somebody answers: posts it to the webhook, and prints what came back
//   {"url":…,"fields":{…},"sign":…}                        any other callback
// It ends with its input, so that it never outlives its test.

import { createHmac, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";

const [account, token] = process.argv.slice(2);
const NUMBER = /^\+[1-9]\d{6,14}$/;
const stopped = new Set();
let mode = "deliver";

const tell = (event, rest = {}) => process.stdout.write(JSON.stringify({ event, ...rest }) + "\n");
const sid = (letters) => letters + randomBytes(16).toString("hex");

// The address, and all fields in order of their names: https://www.twilio.com/docs/usage/security
function signature(url, fields) {
  const text = Object.keys(fields).sort().reduce((text, name) => text + name + fields[name], url);
  return createHmac("sha1", token).update(text, "utf8").digest("base64");
}

async function call(url, fields, sign = true) {
  const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8", "user-agent": "TwilioProxy/1.1" };
  headers["x-twilio-signature"] = sign ? signature(url, fields) : signature(url + "x", fields);
  const answer = await fetch(url, { method: "POST", headers, body: new URLSearchParams(fields) });
  return { status: answer.status, type: answer.headers.get("content-type") ?? "", body: await answer.text() };
}

function refuse(response, status, code, message, headers = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify({ code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status }));
}

async function report(message, callback) {
  const last = mode === "undelivered" ? "undelivered" : "delivered";
  for (const status of mode === "quiet" || !callback ? [] : ["sent", last]) {
    const fields = { AccountSid: account, From: message.from, To: message.to, MessageSid: message.sid, SmsSid: message.sid, ApiVersion: "2010-04-01" };
    Object.assign(fields, { MessageStatus: status, SmsStatus: status });
    if (status === "undelivered") fields.ErrorCode = "30003";
    const answer = await call(callback, fields);
    tell("called", { status, answer: answer.status });
  }
}

async function create(request, response, fields) {
  const expected = "Basic " + Buffer.from(`${account}:${token}`).toString("base64");
  if (request.headers.authorization !== expected) return refuse(response, 401, 20003, "Authenticate");
  if (mode === "busy") return refuse(response, 429, 20429, "Too Many Requests", { "retry-after": "1" });
  const { To: to, From: from, MessagingServiceSid: service, Body: body, StatusCallback: callback } = fields;
  if (!to || !NUMBER.test(to) || to === "+15005550001") return refuse(response, 400, 21211, `Invalid 'To' Phone Number: ${to}`);
  if (!from && !service) return refuse(response, 400, 21603, "A 'From' phone number is required.");
  if (!body) return refuse(response, 400, 21602, "Message body is required.");
  if ([...body].length > 1600) return refuse(response, 400, 21617, "The concatenated message body exceeds the 1600 character limit");
  if (stopped.has(to)) return refuse(response, 400, 21610, "Attempt to send to unsubscribed recipient");
  const message = { sid: sid("SM"), to, from: from ?? "+15005550006", body };
  response.writeHead(201, { "content-type": "application/json" });
  response.end(JSON.stringify({ sid: message.sid, account_sid: account, to, from: from ?? null, messaging_service_sid: service ?? null,
    body, status: "queued", num_segments: "1", error_code: null, error_message: null, direction: "outbound-api", api_version: "2010-04-01" }));
  tell("message", { message: { ...message, callback: callback ?? "" } });
  await report(message, callback);
}

const server = createServer((request, response) => {
  let text = "";
  request.on("data", (part) => (text += part));
  request.on("end", () => {
    const wanted = `/2010-04-01/Accounts/${account}/Messages.json`;
    if (request.method !== "POST" || request.url !== wanted) return refuse(response, 404, 20404, `The requested resource ${request.url} was not found`);
    create(request, response, Object.fromEntries(new URLSearchParams(text))).catch((error) => tell("error", { reason: error.message }));
  });
});
server.listen(0, "127.0.0.1", () => tell("listening", { port: server.address().port }));

async function obey(order) {
  if (order.mode) {
    mode = order.mode;
    return tell("mode", { mode });
  }
  const id = order.sid ?? sid("SM");
  if (/^\s*STOP\s*$/i.test(order.body ?? "")) stopped.add(order.from);
  const fields = order.fields ?? { AccountSid: account, MessageSid: id, SmsSid: id, From: order.from, To: "+15005550006", Body: order.body, NumMedia: "0", NumSegments: "1", ApiVersion: "2010-04-01" };
  tell("answered", await call(order.url, fields, order.sign ?? true));
}

const input = createInterface({ input: process.stdin });
input.on("line", (line) => obey(JSON.parse(line)).catch((error) => tell("error", { reason: error.message })));
input.on("close", () => process.exit(0));
