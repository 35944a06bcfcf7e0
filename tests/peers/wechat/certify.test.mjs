// Software that nobody here wrote agrees with the fake WeChat: encryption, a bot, an API client.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { startFake } from './fake.mjs';

const require = createRequire(import.meta.url);
const wecom = require('@wecom/crypto'), WXBizMsgCrypt = require('wechat-crypto'), wechat = require('wechat'), WechatApi = require('wechat-api');
const token = 'spamtest', encodingAESKey = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG', appid = 'wx2c2769f8efd9abc2', user = 'oPeer1';
const jpeg = Buffer.from('/9j/4AAQSkZJRgABAQAAAQABAAD/2Q==', 'base64');
const sha256 = bytes => createHash('sha256').update(bytes).digest('hex');
const skip = process.env.FAKE_WECHAT ? false : 'FAKE_WECHAT is not set: the path of DiffusionBot.FakeWeChat.dll';

describe('encryption', { skip }, () => {
  let fake;
  const peer = skip ? null : new WXBizMsgCrypt(token, encodingAESKey, appid);
  before(async () => {
    fake = await startFake();
    await fake.do('account', { name: 'main', appId: appid, token, encodingAesKey: encodingAESKey, mode: 'secure' });
  });
  after(() => fake.stop());

  // 64 lengths: every padding from 1 to 32, twice.
  const messages = Array.from({ length: 64 }, (_, i) => Array.from('猫🐱<xml>&').slice(0, i % 8).join('') + 'x'.repeat(i));

  it('the fake encrypts what both decrypt', async () => {
    for (const message of messages) {
      const { encrypted } = await fake.do('encrypt', { account: 'main', message });
      const read = wecom.decrypt(encodingAESKey, encrypted);
      assert.deepEqual([read.message, read.id, read.random.length], [message, appid, 16]);
      assert.deepEqual(peer.decrypt(encrypted), { message, id: appid });
    }
  });

  it('both encrypt what the fake decrypts', async () => {
    for (const message of messages) {
      for (const encrypted of [wecom.encrypt(encodingAESKey, message, appid), peer.encrypt(message)]) {
        assert.equal((await fake.do('decrypt', { account: 'main', encrypted })).message, message);
      }
    }
  });

  it('the fake refuses another app id and another key', async () => {
    const encrypted = wecom.encrypt(encodingAESKey, 'x', 'wx0000000000000000');
    await assert.rejects(fake.do('decrypt', { account: 'main', encrypted }), /app id/);
    await assert.rejects(fake.do('decrypt', { account: 'main', encrypted: wecom.encrypt('A'.repeat(43), 'x', appid) }));
  });

  it('both sign as the fake', async () => {
    const { query, body } = await fake.do('sign', { account: 'main', message: '<xml><a>1</a></xml>' });
    const { timestamp, nonce, msg_signature } = Object.fromEntries(new URLSearchParams(query));
    const encrypted = /<Encrypt><!\[CDATA\[(.*)\]\]>/.exec(body)[1];
    assert.equal(msg_signature, wecom.getSignature(token, timestamp, nonce, encrypted));
    assert.equal(msg_signature, peer.getSignature(timestamp, nonce, encrypted));
  });
});

for (const mode of ['plaintext', 'compatible', 'secure']) {
  describe(`npm wechat as a bot, ${mode}`, { skip }, () => {
    let fake, server, silent = 0;
    const heard = [];
    const bot = skip ? null : wechat(mode === 'plaintext' ? token : { token, encodingAESKey, appid }, (req, res) => {
      heard.push(req.weixin);
      if (silent > 0) silent--;
      else if (req.weixin.MsgType === 'text') res.reply(`你说：${req.weixin.Content.replace(']]>', '')}`);   // it does not split CDATA
      else if (req.weixin.MsgType === 'image') res.reply([{ title: '画', description: '好了', picurl: req.weixin.PicUrl, url: 'https://d.example/1' }]);
      else res.reply('');
    });
    before(async () => {
      server = createServer((req, res) => {
        req.query = Object.fromEntries(new URL(req.url, 'http://localhost').searchParams);
        bot(req, res, () => res.writeHead(500).end());
      });
      await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
      fake = await startFake('--patience', '1');
      const callback = `http://127.0.0.1:${server.address().port}/`;
      // It writes times in milliseconds, which WeChat seems to take.
      await fake.do('account', { name: 'main', appId: appid, token, encodingAesKey: encodingAESKey, mode, callback, takesMilliseconds: true });
      await fake.do('account', { name: 'wrong', token: 'another', mode, callback });
    });
    after(async () => {
      await fake.stop();
      server.closeAllConnections();
      server.close();
    });
    const send = (what, fields = {}) => fake.do(what, { account: 'main', user, ...fields });

    it('the URL is verified, with the right token only', async () => {
      assert.equal((await fake.do('verify', { account: 'main' })).isRight, true);
      assert.equal((await fake.do('verify', { account: 'wrong' })).try.status, 401);
    });

    it('a text is understood and its answer shown', async () => {
      assert.equal((await send('says', { text: '一只猫 <b>&]]>🐱' })).outcome, 'reply');
      assert.equal(heard.at(-1).Content, '一只猫 <b>&]]>🐱');
      assert.match(heard.at(-1).MsgId, /^\d{15,19}$/);
      assert.equal(fake.of('seen').at(-1).text, '你说：一只猫 <b>&🐱');
    });

    it('a picture is answered with a card, and PicUrl is served', async () => {
      await send('picture', { base64: jpeg.toString('base64') });
      const card = fake.of('seen').at(-1);
      assert.deepEqual([card.kind, card.title, card.description, card.url], ['card', '画', '好了', 'https://d.example/1']);
      assert.deepEqual(Buffer.from(await (await fetch(card.picUrl)).arrayBuffer()), jpeg);
      assert.ok(heard.at(-1).MediaId);
    });

    it('voice and events are understood; an empty answer shows nothing', async () => {
      const count = fake.of('seen').length;
      for (const [what, fields, expected] of [
        ['speaks', { recognition: '画猫' }, { MsgType: 'voice', Recognition: '画猫', Format: 'amr' }],
        ['menu', { key: 'draw' }, { MsgType: 'event', Event: 'CLICK', EventKey: 'draw' }],
        ['subscribes', { scene: '7' }, { Event: 'subscribe', EventKey: 'qrscene_7', Ticket: 'TICKET_7' }],
        ['scans', { scene: '7' }, { Event: 'SCAN', EventKey: '7' }],
        ['unsubscribes', {}, { Event: 'unsubscribe' }],
      ]) {
        assert.equal((await send(what, fields)).outcome, 'nothing');
        for (const [name, value] of Object.entries(expected)) assert.equal(heard.at(-1)[name], value);
        assert.equal(heard.at(-1).FromUserName, user);
      }
      assert.equal(fake.of('seen').length, count);
    });

    it('silence is tried three times, and the third answer counts', async () => {
      silent = 2;
      const { outcome, tries } = await send('says', { text: 'slow' });
      assert.deepEqual([outcome, tries.map(one => one.end)], ['reply', ['timedOut', 'timedOut', 'answered']]);
      assert.equal(new Set(heard.slice(-3).map(one => one.MsgId + one.CreateTime)).size, 1);
    });

    it('a wrong token is refused three times', async () => {
      const { outcome, tries } = await fake.do('says', { account: 'wrong', user, text: 'x' });
      assert.deepEqual([outcome, tries.map(one => one.status)], ['unavailable', [401, 401, 401]]);
      assert.deepEqual(fake.of('violation'), []);
    });
  });
}

describe('npm wechat-api as a client', { skip }, () => {
  let fake, server, folder, api;
  const call = (name, ...args) => promisify(api[name].bind(api))(...args);
  before(async () => {
    fake = await startFake();
    server = createServer((req, res) => res.end('success'));
    await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
    await fake.do('account', { name: 'main', appId: appid, appSecret: 'right', callback: `http://127.0.0.1:${server.address().port}/` });
    folder = await mkdtemp(join(tmpdir(), 'wechat-api-'));
    await writeFile(join(folder, 'p.jpg'), jpeg);
    api = new WechatApi(appid, 'right');
    api.endpoint = fake.api;
  });
  after(async () => {
    await fake.stop();
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });
  const fails = (code, name, ...args) => assert.rejects(call(name, ...args), { code });
  // What users see and what a call is answered come by two ways, and either may be first.
  const shown = wants => fake.until(event => event.event === 'seen' && wants(event));

  it('signs in, with the right secret only', async () => {
    const wrong = new WechatApi(appid, 'wrong');
    wrong.endpoint = fake.api;
    await assert.rejects(promisify(wrong.getAccessToken.bind(wrong))(), { code: 40125 });
    assert.equal((await call('getAccessToken')).accessToken.length, 512);
  });

  it('a text needs a message first, then arrives five times', async () => {
    await fails(40003, 'sendText', user, 'x');
    await fake.do('says', { account: 'main', user, text: 'hi' });
    for (let i = 0; i < 5; i++) assert.equal((await call('sendText', user, `猫 "${i}"\n`)).errcode, 0);
    await fails(45047, 'sendText', user, 'x');
    await shown(seen => seen.text === '猫 "4"\n');
    assert.equal(fake.of('seen').at(-1).text, '猫 "4"\n');
  });

  it('a picture is uploaded, sent and read back', async () => {
    await fake.do('says', { account: 'main', user, text: 'hi' });
    const { type, media_id } = await call('uploadMedia', join(folder, 'p.jpg'), 'image');
    assert.equal(type, 'image');
    await call('sendImage', user, media_id);
    await shown(seen => seen.kind === 'picture');
    assert.equal(fake.of('seen').at(-1).sha256, sha256(jpeg));
    assert.deepEqual(await call('getMedia', media_id), jpeg);
    await assert.rejects(call('getMedia', 'none'), /invalid media_id rid: /);
    await fails(40007, 'sendImage', user, 'none');
  });

  it('a card is sent, two are not', async () => {
    const card = { title: '画', description: '好了', url: 'https://d.example/1', picurl: 'https://d.example/1.jpg' };
    await call('sendNews', user, [card]);
    await shown(seen => seen.kind === 'card');
    assert.deepEqual([fake.of('seen').at(-1).kind, fake.of('seen').at(-1).picUrl], ['card', card.picurl]);
    await fails(45008, 'sendNews', user, [card, card]);
  });

  it('a menu is created within its limits', async () => {
    assert.equal((await call('createMenu', { button: [{ type: 'click', name: '画', key: 'draw' }, { name: '更多', sub_button: [{ type: 'view', name: '网页', url: 'https://d.example' }] }] })).errmsg, 'ok');
    await fails(40016, 'createMenu', { button: Array(4).fill({ type: 'click', name: '画', key: 'draw' }) });
  });

  it('an old token is refused until it signs in again', async () => {
    await fake.do('expireTokens', { account: 'main', code: 42001 });
    await fails(42001, 'sendText', user, 'x');
    await call('getAccessToken');
    await call('sendText', user, 'again');
    await shown(seen => seen.text === 'again');
    assert.equal(fake.of('seen').at(-1).text, 'again');
  });
});
