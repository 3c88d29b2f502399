// A steady load through nginx: so many requests a second, whatever becomes of those before; and the account of them.

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const RATE = 50;

/** What is asked in turn: nine reads and a write of ten. */
const READS = ['whoami', 'page', 'groups', 'whoami', 'users', 'whoami', 'groups', 'whoami', 'page'];
const KINDS = [...READS, 'group', ...READS, 'invite'];

/** By when a creation has come to its server and is not answered. */
const IN_THE_MIDST = 4;

let runs = 0;

export class Load {
    /** `actors`: a script and a browser of an administrator. `log`: where nginx writes which server had a request. */
    constructor(place, { script, browser }, log) {
        Object.assign(this, { place, script, browser, log, run: (runs += 1), records: [], open: new Set(), stopped: false });
        this.loop = this.send();
    }

    async send() {
        const began = Date.now();
        for (let number = 0; !this.stopped; number += 1) {
            const wait = began + (number * 1000) / RATE - Date.now();
            if (wait > 0) await sleep(wait);
            const one = this.one(number).finally(() => this.open.delete(one));
            this.open.add(one);
        }
    }

    async one(number) {
        const kind = KINDS[number % KINDS.length];
        const id = `${this.run}-${number}`;
        const record = { id, kind, began: Date.now(), make: kind === 'group' || kind === 'invite' ? made(kind, id) : undefined };
        this.records.push(record);
        if (record.make) this.onCreation?.();
        try {
            const { status, text } = await this.ask(kind, record);
            Object.assign(record, { status, said: text.replace(/<[^>]*>|\s+/g, ' ').trim().slice(0, 80) });
        } catch (error) {
            Object.assign(record, { status: 0, said: error.message });
        }
        record.ended = Date.now();
    }

    ask(kind, record) {
        const headers = { 'x-number': record.id };
        switch (kind) {
            case 'whoami':
                return this.script.ask(this.place, 'GET', '/v1beta1/auth/whoami', { headers });
            case 'users':
                return this.script.ask(this.place, 'GET', '/api/v1/users?status=active', { headers });
            case 'groups':
                return this.script.ask(this.place, 'GET', '/api/v1/groups', { headers });
            case 'page':
                return this.place.ask('GET', '/organization/users', { headers: { ...this.browser.headers(), ...headers } });
            default:
                return this.again(record, headers);
        }
    }

    /** Asks for a creation, anew or again: the key is the same. */
    again(record, headers = {}) {
        const { path, body } = record.make;
        return this.script.ask(this.place, 'POST', path, { body, key: record.id, headers });
    }

    async during(seconds) {
        await sleep(seconds * 1000);
    }

    /** Returns while a creation is on its way. */
    async creation() {
        await new Promise((resolve) => (this.onCreation = resolve));
        await sleep(IN_THE_MIDST);
    }

    /** Ends it when the last request is answered. */
    async stop() {
        this.stopped = true;
        await this.loop;
        await Promise.all(this.open);
        // By request: the servers that had it, in order.
        const lines = readFileSync(this.log, 'utf8').trim().split('\n').map((line) => line.split('\t'));
        const upstreams = new Map(lines.map(([id, servers]) => [id, servers]));
        for (const record of this.records) record.servers = upstreams.get(record.id)?.split(', ') ?? [];
        return this;
    }

    get failed() {
        return this.records.filter((record) => record.status !== (record.make ? 201 : 200));
    }

    /** How many a server answered since then. */
    answeredBy(address, since) {
        return this.records.filter((record) => record.began >= since && record.servers.at(-1) === address).length;
    }

    /** How many nginx asked the other server about. */
    get askedTwice() {
        return this.records.filter((record) => record.servers.length > 1).length;
    }

    /** Milliseconds in which this part of them was answered. */
    within(part) {
        const sorted = this.records.map(({ began, ended }) => ended - began).sort((a, b) => a - b);
        return sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)];
    }

    get acknowledged() {
        return this.records.filter((record) => record.make && record.status === 201);
    }
}

function made(kind, id) {
    return kind === 'group'
        ? { path: '/api/v1/groups', body: { name: `Load ${id}` } }
        : { path: '/api/v1/invitations', body: { email: `load-${id}@example.test` } };
}

/** Whether a request that failed was in flight on a server that was killed. */
export function wasInFlight(record, { address, sent, at }) {
    return record.began <= at && record.ended >= sent && record.servers.at(-1) === address;
}

export function told(records) {
    return records
        .slice(0, 8)
        .map(({ id, kind, status, said, servers, began, ended }) => `${id} ${kind}: ${status} ${said} (at ${servers}, ${began}..${ended})`)
        .join('\n');
}
