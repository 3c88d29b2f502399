// The pages and dialogs of access tokens and services, for what is tested over all pages.

import { dialog } from './page.ts';
import { newAddress, person, type Member, type People } from './people.ts';
import type { Place, Town } from './places.ts';
import { addService, ALL_TOKENS, createToken, makeService, makeToken, SERVICES, TOKENS } from './tokens.ts';

/** What is there to be seen. */
export interface Tokens {
    /** Somebody who may look at their own, and has none. */
    reader: Member;
    /** The ids of the administrator's token, of Mary's and of a service. */
    ofAdmin: string;
    ofMary: string;
    service: string;
}

/** Tokens that end and one that never does, and services, one by somebody who is out. */
export async function buildTokens(people: People, mary: Member): Promise<Tokens> {
    const comment: [string, string] = ['comment', 'Builds the reports of the night, on the small machine in the basement'];
    const ofAdmin = await makeToken(people, people.admin, 'Nightly build', [comment]);
    await makeToken(people, people.admin, 'Backup', [['expires', 'never']]);
    const ofMary = await makeToken(people, mary, 'Laptop', [['expires', 'eight_hours']]);
    const reader = await people.join(person('Rózsa', 'Péter', newAddress('rozsa')), ['read']);
    const gone = person('Sofia', 'Kovalevskaya', newAddress('sofia'));
    await makeService(people, await people.join(gone, ['admin']), 'Old gateway');
    await people.deactivate(gone.email);
    const service = await makeService(people, people.admin, 'Billing');
    return { reader, ofAdmin, ofMary, service };
}

const admin = (town: Town) => town.admin;
const guest = (town: Town) => town.guest;
const reader = (town: Town) => town.tokens.reader;

let names = 0;

/** A name that no token or service has. */
function newName(word: string): string {
    names += 1;
    return `${word} ${names} of ${process.pid}`;
}

export const TOKEN_PLACES: readonly Place[] = [
    { name: 'tokens', as: admin, address: () => TOKENS },
    { name: 'tokens, none yet', as: reader, address: () => TOKENS },
    { name: 'tokens, creating', as: admin, address: () => `${TOKENS}?dialog=create` },
    {
        name: 'tokens, refused',
        as: admin,
        address: () => `${TOKENS}?dialog=create`,
        act: async (page) => {
            await dialog(page).getByLabel('Name', { exact: true }).fill('Backup');
            await dialog(page).getByRole('button', { name: 'Create', exact: true }).click();
            await dialog(page).getByRole('alert').waitFor();
        },
    },
    {
        name: 'tokens, the secret',
        as: admin,
        address: () => TOKENS,
        act: async (page) => {
            await createToken(page, newName('Script'));
        },
    },
    { name: 'tokens, the secret shown before', as: admin, address: () => `${TOKENS}?dialog=secret` },
    { name: 'tokens, deleting', as: admin, address: (town) => `${TOKENS}?dialog=delete&token=${town.tokens.ofAdmin}` },
    { name: 'tokens, deleted before', as: admin, address: () => `${TOKENS}?dialog=delete&token=nothing` },
    { name: 'tokens, not allowed', as: guest, address: () => TOKENS, status: 403 },
    { name: 'access tokens', as: admin, address: () => ALL_TOKENS },
    { name: 'access tokens, none found', as: admin, address: () => `${ALL_TOKENS}?q=nobody-is-called-that&show=expired` },
    {
        name: 'access tokens, deleting',
        as: admin,
        address: (town) => `${ALL_TOKENS}?dialog=delete&user=${town.maryId}&token=${town.tokens.ofMary}`,
    },
    { name: 'access tokens, not allowed', as: guest, address: () => ALL_TOKENS, status: 403 },
    {
        name: 'person, deleting a token',
        as: admin,
        address: (town) => `/organization/users/${town.maryId}?dialog=delete-token&token=${town.tokens.ofMary}`,
    },
    { name: 'deactivating somebody with tokens', as: admin, address: (town) => `/organization/users?dialog=deactivate&user=${town.maryId}` },
    { name: 'the API to read', as: guest, address: () => '/help/api' },
    { name: 'services', as: admin, address: () => SERVICES },
    { name: 'services, as somebody who only looks', as: reader, address: () => SERVICES },
    { name: 'services, adding', as: admin, address: () => `${SERVICES}?dialog=add` },
    {
        name: 'services, the secret',
        as: admin,
        address: () => SERVICES,
        act: async (page) => {
            await addService(page, newName('Service'));
        },
    },
    { name: 'services, the secret shown before', as: admin, address: () => `${SERVICES}?dialog=secret` },
    { name: 'services, deleting', as: admin, address: (town) => `${SERVICES}?dialog=delete&service=${town.tokens.service}` },
    { name: 'services, deleted before', as: admin, address: () => `${SERVICES}?dialog=delete&service=nothing` },
    { name: 'services, not allowed', as: guest, address: () => SERVICES, status: 403 },
];
