// A mail server with a door for each server of the trial, so that it is known which of them sent a mail.

import { SMTPServer } from 'smtp-server';

export class Mails {
    constructor(doors) {
        /** By recipient: through which doors mails came, and their text. */
        this.received = new Map();
        this.doors = Array.from({ length: doors }, (_, door) => this.open(door));
    }

    open(door) {
        const server = new SMTPServer({
            authOptional: true,
            disabledCommands: ['AUTH', 'STARTTLS'],
            disableReverseLookup: true,
            logger: false,
            onData: (stream, session, done) => {
                const pieces = [];
                stream.on('data', (piece) => pieces.push(piece));
                stream.on('end', () => {
                    const mail = { door, text: decode(Buffer.concat(pieces).toString()) };
                    for (const { address } of session.envelope.rcptTo) {
                        this.received.set(address, [...(this.received.get(address) ?? []), mail]);
                    }
                    done();
                });
            },
        });
        // A client that is killed is no failure of this one.
        server.on('error', () => undefined);
        return server;
    }

    /** Their addresses. */
    async listen() {
        await Promise.all(this.doors.map((door) => new Promise((resolve) => door.listen(0, '127.0.0.1', resolve))));
        return this.doors.map((door) => `smtp://127.0.0.1:${door.server.address().port}`);
    }

    to(recipient) {
        return this.received.get(recipient) ?? [];
    }

    /** Of those who got mail: how many, how many of them more than once, and how many mails came through each door. */
    account(recipients) {
        const each = recipients.map((recipient) => this.to(recipient));
        return {
            none: each.filter((mails) => mails.length === 0).length,
            once: each.filter((mails) => mails.length === 1).length,
            more: each.filter((mails) => mails.length > 1).length,
            doors: this.doors.map((_, door) => each.flat().filter((mail) => mail.door === door).length),
        };
    }

    link(recipient) {
        const link = this.to(recipient)
            .at(-1)
            ?.text.match(/https:\/\/\S+\/invitations\/[\w-]+/)?.[0];
        if (!link) throw new Error(`no invitation came to ${recipient}`);
        return link;
    }

    close() {
        for (const door of this.doors) door.close();
    }
}

/** Quoted-printable, as far as links need it. */
function decode(mail) {
    return mail.replace(/=\r?\n/g, '').replace(/=3D/g, '=');
}
