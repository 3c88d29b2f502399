// What one server does holds at the other: sessions, throttles, deactivation, mails, jobs.

import { Browser, Script } from './client.mjs';
import { check, equal, need, note, title } from './report.mjs';
import { eventually } from './servers.mjs';

const ADA = 'ada@example.test';
const BEN = 'ben@example.test';
const PASSWORD = 'seven owls repair my piano';
/** `throttle_guesses_account_network` lets so many at once. */
const GUESSES = 10;
const INVITED = 60;
const LISTED = 600;
/** Of a server: how many mails it has in hand at once (the lanes of the mail worker). */
export const IN_HAND = 4;

const people = (name, count) => Array.from({ length: count }, (_, n) => `${name}-${n}@example.test`);

export async function startBoth(trial) {
    const { servers, nginx } = trial;
    title('Two servers behind nginx');
    await need('both start at once on an empty database', () => Promise.all(servers.map((server) => server.start())));
    const ada = new Browser();
    await need('an organization is set up through nginx', async () => {
        const token = (await trial.usher('setup-link')).match(/\/setup\?token=([\w-]+)/)[1];
        const names = { organization: 'Engines', first_name: 'Ada', last_name: 'Lovelace' };
        await ada.send(nginx, '/api/setup/complete', { token, ...names, email: ADA, password: PASSWORD });
        equal(await ada.isSignedIn(nginx), true, 'signed in');
    });
    trial.browser = ada;
    await check('the session works at either server', async () => {
        for (const { place } of servers) equal(await ada.isSignedIn(place), true, 'signed in');
    });
    await need('a token that is made at one works at the other', async () => {
        const fields = { name: 'Trial', expires: 'never', comment: '', current_password: PASSWORD };
        const made = await ada.send(servers[0].place, '/api/tokens/create', fields);
        const page = await ada.open(servers[1].place, made.headers.location.replace(nginx.console.origin, ''));
        const token = page.text.match(/usher_[0-9A-Za-z]{49}/)?.[0];
        if (!token) throw new Error(`no token is shown: ${page.status}`);
        trial.script = new Script(token);
        for (const { place } of servers) await trial.script.wants(place, 200, 'GET', '/v1beta1/auth/whoami');
    });
}

export async function agree(trial) {
    title('What one does holds at the other');
    await check(`of ${GUESSES + 2} wrong passwords, in turn at both, the last two are throttled, one at each`, () => throttle(trial));
    await check('who is deactivated at one is out at the other with the next request', () => deactivate(trial));
    await check(`each of ${INVITED} mails is sent once, and both servers send some`, () => mailOnce(trial));
    await check(`a list of ${LISTED} people goes on at the other server when its own is killed`, () => takeOver(trial));
}

async function throttle({ servers }) {
    const stranger = new Browser('198.51.100.9');
    const statuses = [];
    for (let n = 0; n < GUESSES + 2; n += 1) {
        const typed = { email: ADA, password: `wrong horse battery ${n}` };
        const { status } = await stranger.send(servers[n % 2].place, '/api/sign_in/password', typed, 'application/json');
        statuses.push(status);
    }
    equal(statuses.slice(0, GUESSES).includes(429), false, `throttled among ${statuses}`);
    equal(statuses.slice(GUESSES), [429, 429], 'the answers to the last');
}

async function deactivate({ servers, nginx, script, mails }) {
    const [one, two] = servers.map((server) => server.place);
    const { id } = await script.wants(one, 201, 'POST', '/api/v1/invitations', { body: { email: BEN } });
    await eventually('the invitation arrives', () => mails.to(BEN).length > 0);
    const token = mails.link(BEN).split('/').at(-1);
    const ben = new Browser('198.51.100.10');
    await ben.send(nginx, '/api/invitations/accept', { token, first_name: 'Ben', last_name: 'Babbage', password: PASSWORD });
    for (let round = 0; round < 10; round += 1) {
        const [here, there] = round % 2 ? [two, one] : [one, two];
        if (round > 0) await ben.signIn(here, BEN, PASSWORD);
        equal([await ben.isSignedIn(here), await ben.isSignedIn(there)], [true, true], `signed in, round ${round}`);
        await script.wants(here, 204, 'POST', `/api/v1/users/${id}/deactivate`, { body: {} });
        equal(await ben.isSignedIn(there), false, `signed in after the deactivation, round ${round}`);
        await script.wants(there, 204, 'POST', `/api/v1/users/${id}/reactivate`);
    }
}

export async function allMailsLeft({ database }) {
    await eventually('no mail waits', async () => {
        const { rows } = await database.query("select count(*)::int as n from mails where state = 'queued'");
        return rows[0].n === 0;
    });
}

async function mailOnce(trial) {
    const invited = people('mailed', INVITED);
    await Promise.all(
        invited.map((email, n) => trial.script.wants(trial.servers[n % 2].place, 201, 'POST', '/api/v1/invitations', { body: { email } })),
    );
    await allMailsLeft(trial);
    const account = trial.mails.account(invited);
    note(`mails: ${account.doors.join(' and ')} by either server`);
    equal({ none: account.none, more: account.more }, { none: 0, more: 0 }, 'the account of mails');
    equal(account.doors.every((sent) => sent > 0), true, 'sent by both');
}

/** How many people of a list were invited. */
async function invitedOf({ database }, listed) {
    const { rows } = await database.query('select count(*)::int as n from users where email = any($1)', [listed]);
    return rows[0].n;
}

async function takeOver(trial) {
    const { script, servers, mails } = trial;
    const [one, two] = servers;
    const listed = people('listed', LISTED);
    const list = await script.wants(one.place, 201, 'POST', '/api/v1/invitation-lists', { body: { list: listed.join('\n') } });
    await script.wants(one.place, 204, 'POST', `/api/v1/invitation-lists/${list.id}/start`);
    await eventually('it begins', async () => (await invitedOf(trial, listed)) > LISTED / 10);
    await one.kill();
    const before = await invitedOf(trial, listed);
    if (before >= LISTED) throw new Error('it was done before its server was killed');
    await eventually('the other goes on', async () => (await invitedOf(trial, listed)) > before, 120_000);
    await eventually('all are invited', async () => (await invitedOf(trial, listed)) === LISTED);
    await one.start();
    await allMailsLeft(trial);
    const account = mails.account(listed);
    note(`invited: ${before} before the kill, ${LISTED - before} by the other server; mails: ${LISTED} people, ${account.more} got two`);
    equal(account.none, 0, 'the number of those who got no mail');
    // What the dead server had in hand may come twice, and nothing else.
    if (account.more > IN_HAND) throw new Error(`${account.more} got more than one mail`);
    const { stage, counts } = await script.wants(two.place, 200, 'GET', `/api/v1/invitation-lists/${list.id}`);
    equal({ stage, counts }, { stage: 'done', counts: { refused: 0, waiting: 0, invited: LISTED, failed: 0 } }, 'the list');
}
