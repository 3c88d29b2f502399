// Servers that are killed and stopped while both are asked, and the account of what was asked.

import { allMailsLeft, IN_HAND } from './agreement.mjs';
import { Load, told, wasInFlight } from './load.mjs';
import { check, equal, need, note, title } from './report.mjs';
import { setTimeout as sleep } from 'node:timers/promises';

const KILLS = 10;
const STOPS = 10;
/** Until nginx asks a server again that did not take a connection: `fail_timeout` of the guide, and a second. */
export const ASKED_AGAIN = 6000;

/** Milliseconds in which half of all is answered by a machine that carries the load, and by far. */
const CARRIED = 500;

export async function underLoad(trial) {
    title('Under load: 50 requests a second');
    await need('the machine carries the load', async () => {
        const load = new Load(trial.nginx, trial, trial.accessLog);
        await load.during(5);
        await load.stop();
        tell(load, 'both well');
        // What is overloaded fails for that alone, and tells nothing of the faults.
        if (load.within(0.5) > CARRIED || load.failed.length > 0) throw new Error('it is too busy, or too slow');
    });
    title('Killed under load: 50 requests a second');
    await check('only what was in flight on a server that is killed fails', () => fall(trial, 'kill', KILLS));
    title('Stopped under load: 50 requests a second');
    await check('nothing fails when a server is stopped', () => fall(trial, 'stop', STOPS));
}

/** Lets the servers fall in turn and come back, under load. */
async function fall(trial, how, times) {
    const load = new Load(trial.nginx, trial, trial.accessLog);
    const falls = [];
    await load.during(2);
    for (let n = 0; n < times; n += 1) {
        const server = trial.servers[n % 2];
        await load.creation();
        const { sent, at, code } = await server[how]();
        await server.start();
        const back = Date.now() + ASKED_AGAIN;
        falls.push({ address: server.address, sent, at, code, back });
        await load.during(ASKED_AGAIN / 1000 + 1);
    }
    await load.stop();
    tell(load, `${times} ${how}s`);
    const excused = ({ address, sent, at }) => load.failed.filter((one) => wasInFlight(one, { address, sent, at }));
    const inFlight = new Set(how === 'kill' ? falls.flatMap(excused) : []);
    const wrong = load.failed.filter((record) => !inFlight.has(record));
    if (how === 'stop') equal(falls.map(({ code }) => code), falls.map(() => 0), 'the codes of the ends');
    await keptOnce(trial, load, how === 'kill' ? times * IN_HAND : 0);
    if (wrong.length > 0) throw new Error(`${wrong.length} failed that may not:\n${told(wrong)}`);
    for (const { address, back } of falls) {
        if (load.answeredBy(address, back) === 0) throw new Error(`${address} took no load again`);
    }
    return load;
}

export function tell(load, what) {
    const all = load.records.length;
    note(`${what}: ${all} requests, ${load.acknowledged.length} creations acknowledged, ${load.askedTwice} asked anew at the other server, failed: ${counted(load.failed.map(({ status }) => status)) || 0}`);
    note(`answered within ${load.within(0.5)} ms (half), ${load.within(0.99)} ms (99 of 100), ${load.within(1)} ms (all)`);
}

function counted(values) {
    return [...new Set(values)].map((value) => `${values.filter((other) => other === value).length} × ${value}`).join(', ');
}

/** What was acknowledged is there once, and what was not is there once or not at all, also when it is asked for again. */
export async function keptOnce(trial, load, doubled) {
    const failed = load.failed.filter((record) => record.make);
    const again = [];
    for (const record of failed) {
        const { status, text } = await load.again(record);
        // In hand: its server died between the act and its answer, and the key is free after two minutes.
        again.push(status === 409 ? JSON.parse(text).code : status);
        if (status === 201) record.doneAgain = true;
        else if (status !== 409) throw new Error(`asked again, ${record.id} is answered with ${status}: ${text}`);
    }
    if (again.length > 0) note(`creations that failed, asked again under their key: ${counted(again)}`);
    const found = await trial.database.query(
        'select name as made, count(*)::int as n from groups group by 1 union all select email, count(*)::int from users group by 1',
    );
    const counts = new Map(found.rows.map(({ made, n }) => [made, n]));
    const of = ({ make }) => counts.get(make.body.name ?? make.body.email) ?? 0;
    const made = [...load.acknowledged, ...failed.filter(({ doneAgain }) => doneAgain)];
    const lost = made.filter((record) => of(record) !== 1);
    if (lost.length > 0) throw new Error(`${lost.length} acknowledged creations are not there once:\n${told(lost)}`);
    const twice = failed.filter((record) => of(record) > 1);
    if (twice.length > 0) throw new Error(`${twice.length} are there twice:\n${told(twice)}`);
    await allMailsLeft(trial);
    const invited = made.filter(({ kind }) => kind === 'invite').map(({ make }) => make.body.email);
    const { none, more } = trial.mails.account(invited);
    note(`${made.length} acknowledged, each there once; ${invited.length} mails, ${more} sent twice`);
    equal(none, 0, 'the number of invited people without a mail');
    if (more > doubled) throw new Error(`${more} mails were sent twice`);
}

/** Both have load, and nginx knows it. */
export async function settled() {
    await sleep(ASKED_AGAIN);
}
