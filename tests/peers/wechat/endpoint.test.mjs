// Our endpoint, running, spoken to with encryption that nobody here wrote.
import assert from 'node:assert/strict';
import { createHash, randomInt } from 'node:crypto';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';

const require = createRequire(import.meta.url);
const wecom = require('@wecom/crypto'), WXBizMsgCrypt = require('wechat-crypto');
const { BOT_URL: url, WECHAT_ACCOUNT: account = 'main', WECHAT_TOKEN: token, WECHAT_KEY: key, WECHAT_APPID: appid, WECHAT_TEXT: text = '帮助' } = process.env;
const skip = url && token && key && appid ? false : 'BOT_URL, WECHAT_TOKEN, WECHAT_KEY and WECHAT_APPID are not set';
const us = 'gh_97417a04a28d', user = `oPeer${randomInt(1e9)}`;

const now = () => Math.floor(Date.now() / 1000).toString();
const field = (xml, name) => new RegExp(`<${name}>(?:<!\\[CDATA\\[([\\s\\S]*?)\\]\\]>|([^<]*))</${name}>`).exec(xml)?.slice(1).find(part => part !== undefined);
const signed = parts => createHash('sha1').update(parts.sort().join('')).digest('hex');

function address(query) {
  return `${url.replace(/\/$/, '')}/wechat/${account}?${new URLSearchParams(query)}`;
}

async function post(message, { as = appid, wrong = false, timestamp = now() } = {}) {
  const nonce = randomInt(1e9).toString(), encrypted = wecom.encrypt(key, message, as);
  const msg_signature = wecom.getSignature(wrong ? 'another' : token, timestamp, nonce, encrypted);
  const query = { signature: signed([token, timestamp, nonce]), timestamp, nonce, openid: user, encrypt_type: 'aes', msg_signature };
  const body = `<xml>\n<ToUserName><![CDATA[${us}]]></ToUserName>\n<Encrypt><![CDATA[${encrypted}]]></Encrypt>\n</xml>`;
  const response = await fetch(address(query), { method: 'POST', headers: { 'Content-Type': 'text/xml' }, body, signal: AbortSignal.timeout(10_000) });
  return { status: response.status, body: await response.text(), nonce };
}

const message = content =>
  `<xml><ToUserName><![CDATA[${us}]]></ToUserName><FromUserName><![CDATA[${user}]]></FromUserName><CreateTime>${now()}</CreateTime>` +
  `<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${content}]]></Content><MsgId>${Date.now()}${randomInt(1e5)}</MsgId></xml>`;

describe('our endpoint, account in secure mode', { skip }, () => {
  it('verifies its URL', async () => {
    const timestamp = now(), nonce = '486452656', echostr = '4375120948345356249';
    const right = await fetch(address({ signature: signed([token, timestamp, nonce]), timestamp, nonce, echostr }));
    assert.deepEqual([right.status, await right.text()], [200, echostr]);
    const wrong = await fetch(address({ signature: signed(['another', timestamp, nonce]), timestamp, nonce, echostr }));
    assert.equal(wrong.status, 401);
  });

  it('answers a text with what both decrypt', async () => {
    const { status, body, nonce } = await post(message(text));
    assert.equal(status, 200);
    const encrypted = field(body, 'Encrypt'), timestamp = field(body, 'TimeStamp');
    assert.ok(encrypted, `The answer is ${body.slice(0, 200)}; expected one with Encrypt.`);
    assert.equal(field(body, 'Nonce'), nonce);
    assert.ok(Math.abs(timestamp - now()) < 60);
    const peer = new WXBizMsgCrypt(token, key, appid);
    for (const signature of [wecom.getSignature(token, timestamp, nonce, encrypted), peer.getSignature(timestamp, nonce, encrypted)]) assert.equal(field(body, 'MsgSignature'), signature);
    const read = wecom.decrypt(key, encrypted);
    assert.deepEqual(peer.decrypt(encrypted), { message: read.message, id: appid });
    assert.equal(read.id, appid);
    assert.deepEqual([field(read.message, 'ToUserName'), field(read.message, 'FromUserName')], [user, us]);
    assert.ok(Math.abs(field(read.message, 'CreateTime') - now()) < 60);
    assert.ok(['text', 'image', 'news'].includes(field(read.message, 'MsgType')));
  });

  it('refuses a wrong signature and an old one', async () => {
    assert.equal((await post(message(text), { wrong: true })).status, 401);
    assert.equal((await post(message(text), { timestamp: (now() - 86400).toString() })).status, 401);
  });

  it('takes what is signed and for another app as heard', async () => {
    assert.deepEqual(await post(message(text), { as: 'wx0000000000000000' }).then(one => [one.status, one.body]), [200, 'success']);
  });
});
