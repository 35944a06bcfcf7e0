// discord.js as a client of our fake Discord: what it takes for Discord, our own client may meet there.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { ActionRowBuilder, AttachmentBuilder, ButtonBuilder, ButtonStyle, Client, GatewayIntentBits, ModalBuilder, TextInputBuilder, TextInputStyle } from 'discord.js';
import { startFake } from './fake.js';

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
let fake, client, channel;

const next = async (event, filter = () => true) => {
  for (;;) {
    const [value] = await once(client, event);
    if (filter(value)) return value;
  }
};

const lastMessage = async () => (await fake.ask('messages')).messages.at(-1);

before(async () => {
  fake = await startFake();
  client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.MessageContent],
    rest: { api: fake.place.api, cdn: fake.place.cdn },
    allowedMentions: { parse: [] },
  });
  client.on('error', (error) => assert.fail(error));
});

after(async () => {
  await client.destroy();
  fake.stop();
});

test('login', async () => {
  const ready = once(client, 'clientReady');
  await client.login(fake.place.token);
  await ready;
  assert.equal(client.application.id, fake.place.application);
  channel = await client.channels.fetch(fake.place.channel);
  assert.equal(channel.guild.id, fake.place.guild);
});

test('commands are overwritten', async () => {
  const commands = await client.application.commands.set([
    { name: 'imagine', description: 'Draws', descriptionLocalizations: { 'zh-CN': '画图' }, options: [{ type: 3, name: 'prompt', description: 'Words', required: true }, { type: 3, name: 'model', description: 'Model', autocomplete: true }] },
    { name: 'Parameters', type: 3 },
  ]);
  assert.deepEqual(commands.map((c) => c.name).sort(), ['Parameters', 'imagine']);
  await assert.rejects(client.application.commands.set([{ name: 'Not A Name', description: 'x' }]), (error) => error.code === 50035 && /name/.test(error.message));
});

test('a command is deferred, edited with a file and a button, and the button pressed', async () => {
  const came = next('interactionCreate');
  await fake.ask('run', { command: 'imagine', options: { prompt: 'a cat' } });
  const interaction = await came;
  assert.equal(interaction.options.getString('prompt'), 'a cat');
  assert.equal(interaction.locale, 'zh-CN');
  await interaction.deferReply();
  assert.equal((await fake.ask('answer')).answer.type, 5);
  const row = new ActionRowBuilder().addComponents(new ButtonBuilder().setCustomId('again:1').setLabel('Again').setStyle(ButtonStyle.Primary));
  const message = await interaction.editReply({ content: 'done', files: [new AttachmentBuilder(png, { name: 'cat.png', description: 'a cat' })], components: [row] });
  assert.equal(message.attachments.first().name, 'cat.png');
  const bytes = Buffer.from(await (await fetch(message.attachments.first().url)).arrayBuffer());
  assert.deepEqual(bytes, png);
  await interaction.followUp('more');

  const pressed = next('interactionCreate');
  await fake.ask('press', { message: message.id, customId: 'again:1' });
  const press = await pressed;
  assert.equal(press.customId, 'again:1');
  await press.update({ content: 'pressed', components: [] });
  assert.equal((await fake.ask('messages')).messages.find((m) => m.id === message.id).content, 'pressed');
});

test('autocomplete, a modal, a message command', async () => {
  let came = next('interactionCreate');
  await fake.ask('type', { command: 'imagine', focused: 'model', options: { prompt: 'x', model: 'em' } });
  const typing = await came;
  assert.equal(typing.options.getFocused(), 'em');
  await typing.respond([{ name: 'emoji', value: 'emoji' }]);
  assert.equal((await fake.ask('answer')).answer.data.choices[0].value, 'emoji');

  came = next('interactionCreate');
  await fake.ask('run', { command: 'imagine', options: { prompt: 'a dog' } });
  const input = new TextInputBuilder().setCustomId('text').setLabel('Parameters').setStyle(TextInputStyle.Paragraph).setValue('a dog');
  await (await came).showModal(new ModalBuilder().setCustomId('edit:1').setTitle('Edit').addComponents(new ActionRowBuilder().addComponents(input)));
  came = next('interactionCreate');
  await fake.ask('submit', { values: { text: 'two dogs' } });
  const submitted = await came;
  assert.equal(submitted.fields.getTextInputValue('text'), 'two dogs');
  await submitted.reply({ content: 'edited', flags: 64 });
  await assert.rejects(submitted.client.rest.post(`/interactions/${submitted.id}/${submitted.token}/callback`, { body: { type: 5 }, auth: false }), (error) => error.code === 40060);

  await channel.send({ files: [new AttachmentBuilder(png, { name: 'old.png' })] });
  came = next('interactionCreate');
  await fake.ask('runOn', { command: 'Parameters', message: (await lastMessage()).id });
  const on = await came;
  assert.equal(on.targetMessage.attachments.first().name, 'old.png');
  await on.reply({ content: 'parameters', flags: 64 });
});

test('messages: nonces, edits, deletion', async () => {
  const first = await channel.send({ content: 'once', nonce: 'n-1', enforceNonce: true });
  const second = await channel.send({ content: 'once', nonce: 'n-1', enforceNonce: true });
  assert.equal(first.id, second.id);
  await first.edit('changed');
  assert.equal((await channel.messages.fetch({ message: first.id, force: true })).content, 'changed');
  await first.delete();
  await assert.rejects(channel.messages.fetch({ message: first.id, force: true }), (error) => error.code === 10008);
});

test('a session goes on after a cut, op 7, op 9 and a close', async () => {
  for (const [what, rest] of [['cut', {}], ['reconnect', {}], ['invalidate', { mayResume: true }], ['close', { code: 4000 }]]) {
    const resumed = once(client, 'shardResume');
    await fake.ask(what, rest);
    const heard = next('messageCreate', (m) => m.content === `after ${what}`);
    await fake.ask('say', { text: `after ${what}` });
    await resumed;
    await heard;
  }
  const { moments } = await fake.ask('gateway');
  assert.equal(moments.filter((m) => m.kind === 'Identified').length, 1);
  assert.deepEqual(moments.filter((m) => m.kind === 'Resumed').map((m) => m.path), Array(4).fill('/resume'));
});

test('limits are kept, and a 429 is waited for', async () => {
  await Promise.all(Array.from({ length: 7 }, (_, i) => channel.send(`message ${i}`)));
  await fake.ask('fail', { route: 'POST /channels/{channel}/messages', times: 1, retryAfterMs: 300, scope: 'shared' });
  await channel.send('after the limit');
  assert.equal((await lastMessage()).content, 'after the limit');
  const { calls } = await fake.ask('calls');
  assert.equal(calls.filter((c) => c === 'POST /channels/{channel}/messages 429').length, 1);
});

test('nothing was done that Discord forbids', async () => {
  assert.deepEqual((await fake.ask('violations')).violations, []);
});
