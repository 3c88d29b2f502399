// Every page of the console, and how somebody comes to it. What must hold everywhere is tested over this list.

import { expect, type Page } from '@playwright/test';
import type { Console } from './console.ts';
import { control, dialog } from './page.ts';
import { newAddress, person, type Member, type People } from './people.ts';
import { buildLists, LIST_PLACES, type Lists } from './places_bulk_invitations.ts';
import { IDENTITY_PLACES } from './places_identities.ts';
import { SCIM_PLACES } from './places_scim.ts';
import { buildSso, SSO_PLACES } from './places_sso.ts';
import { buildTokens, TOKEN_PLACES, type Tokens } from './places_tokens.ts';
import { TWO_FACTOR_PLACES } from './places_two_factor.ts';
import { makeScimToken } from './scim.ts';

/** Whom the places need. */
export interface Town {
    admin: Member;
    /** Somebody in no group. */
    guest: Member;
    /** A link that can be used. */
    openLink: string;
    usedLink: string;
    /** The ids of the guest and of the group `read`. */
    guestId: string;
    readers: string;
    /** Somebody with two-factor authentication, and their id. */
    careful: Member;
    carefulId: string;
    /** Somebody who holds roles, one of them for a while. */
    mary: Member;
    maryId: string;
    /** A group of the organization's own, which a policy names. */
    team: string;
    /** A policy of the organization's own, and a default one. */
    policy: string;
    defaultPolicy: string;
    /** Where the editor shows that somebody else has saved that policy meanwhile. */
    conflict: string;
    /** A test of single sign-on, which failed. */
    ssoTest: string;
    tokens: Tokens;
    /** The id of a token for SCIM. */
    scimToken: string;
    lists: Lists;
}

/** Makes people in every state, so that every kind of row is on the list. */
export async function buildTown(people: People, usher: Console): Promise<Town> {
    const guest = await people.join(person('Hedy', 'Lamarr', newAddress('hedy')));
    const mary = person('Mary', 'Somerville', newAddress('mary'));
    const usedLink = await people.invite(mary.email, ['read', 'write']);
    const maryIn = await people.accept(usedLink, mary);
    const gone = person('Marie', 'Curie', newAddress('marie'));
    await people.join(gone, ['metrics']);
    await people.deactivate(gone.email);
    const refused = newAddress('refused');
    usher.mailbox.refuse(refused, 'mailbox unknown');
    await people.send(refused, ['read']);
    const openLink = await people.invite(newAddress('invited'), ['billing_viewer']);
    const [guestId, readers] = [await people.idOf(guest.email), await people.groupId('read')];
    const joined = await people.join(person('Barbara', 'Liskov', newAddress('barbara')));
    const { member: careful } = await people.enrol(joined);
    const carefulId = await people.idOf(careful.email);
    const maryId = await people.idOf(mary.email);
    await people.act('/api/groups/create', [['name', 'Night shift'], ['description', 'Looks after what runs at night.']]);
    const team = await people.groupId('Night shift');
    await people.act('/api/groups/add_members', [['group', team], ['users[]', maryId], ['ends', '2099-12-31T12:00']]);
    const saved = await buildPolicy(people, team);
    const ssoTest = await buildSso(people, usher.url);
    const tokens = await buildTokens(people, maryIn);
    const scimToken = await makeScimToken(people, 'Okta');
    const lists = await buildLists(people);
    const ids = { guestId, readers, carefulId, maryId, team, ssoTest, scimToken };
    return { admin: people.admin, guest, openLink, usedLink, careful, mary: maryIn, tokens, lists, ...ids, ...saved };
}

/** A policy of the team, which was saved again while somebody had it open. */
async function buildPolicy(people: People, team: string): Promise<Pick<Town, 'policy' | 'defaultPolicy' | 'conflict'>> {
    const save = (description: string, more: [string, string][]): [string, string][] => [
        ['name', 'Night work'],
        ['description', description],
        ['rules[0][groups][]', team],
        ['rules[0][roles][]', 'notifications-admin'],
        ['rules[0][ends]', '2099-12-31T12:00'],
        ['step', 'save'],
        ...more,
    ];
    await people.act('/api/policies/save', save('Alerts at night', []));
    const idOf = async (name: string): Promise<string> => {
        const answer = (await people.act('/api/policies/list', [['query[search]', name]])) as {
            page: { policies: { id: string; name: string }[] };
        };
        const found = answer.page.policies.find((policy) => policy.name === name);
        if (!found) throw new Error(`no policy is called ${name}`);
        return found.id;
    };
    const policy = await idOf('Night work');
    const opened: [string, string][] = [['policy', policy], ['version', '0']];
    await people.act('/api/policies/save', save('Alerts at night and on holidays', opened));
    const conflict = await people.actPlainly('/api/policies/save', save('Alerts of the night shift', opened));
    return { policy, defaultPolicy: await idOf('Default metrics'), conflict };
}

export interface Place {
    name: string;
    /** Who goes there; nobody in particular when it is left out. */
    as?: (town: Town) => Member;
    address: (town: Town) => string;
    status?: number;
    /** What is done there before it is looked at. */
    act?: (page: Page, town: Town) => Promise<void>;
}

const admin = (town: Town) => town.admin;
const guest = (town: Town) => town.guest;
const mary = (town: Town) => town.mary;

export const PLACES: readonly Place[] = [
    { name: 'sign-in', address: () => '/sign-in' },
    {
        name: 'sign-in, refused',
        address: () => '/sign-in',
        act: async (page) => {
            await page.getByLabel('Email').fill('nobody@example.test');
            await page.getByLabel('Password', { exact: true }).fill('nine owls repair my piano');
            await page.getByRole('button', { name: 'Sign in', exact: true }).click();
            await expect(page.getByRole('alert')).toBeVisible();
        },
    },
    { name: 'invitation', address: (town) => town.openLink },
    { name: 'invitation, used', address: (town) => town.usedLink, status: 410 },
    { name: 'invitation of somebody else', as: admin, address: (town) => town.openLink },
    { name: 'new password, dead link', address: () => '/recover?token=nothing', status: 410 },
    { name: 'forgot password', address: () => '/forgot-password' },
    { name: 'forgot password, asked', address: () => '/forgot-password?notice=password-link-mailed' },
    { name: 'not me, dead link', address: () => '/not-me?token=nothing', status: 410 },
    { name: 'home', as: admin, address: () => '/' },
    { name: 'home without roles', as: guest, address: () => '/' },
    { name: 'users', as: admin, address: () => '/organization/users' },
    { name: 'users, none found', as: admin, address: () => '/organization/users?q=nobody-is-called-that' },
    {
        name: 'users, inviting',
        as: admin,
        address: () => '/organization/users',
        act: async (page) => {
            await control(page, 'Invite User').click();
            await expect(dialog(page).getByLabel('Email')).toBeVisible();
        },
    },
    {
        name: 'users, a menu open',
        as: admin,
        address: () => '/organization/users',
        act: async (page) => {
            await page.getByLabel('Actions for Mary Somerville').click();
            await expect(control(page.getByRole('row').filter({ hasText: 'Mary Somerville' }), 'Deactivate…')).toBeVisible();
        },
    },
    {
        name: 'users, deactivating',
        as: admin,
        address: () => '/organization/users',
        act: async (page) => {
            await page.getByLabel('Actions for Mary Somerville').click();
            await control(page.getByRole('row').filter({ hasText: 'Mary Somerville' }), 'Deactivate…').click();
            await expect(dialog(page)).toBeVisible();
        },
    },
    { name: 'users, not allowed', as: guest, address: () => '/organization/users', status: 403 },
    { name: 'groups', as: admin, address: () => '/organization/users/groups' },
    { name: 'groups, none found', as: admin, address: () => '/organization/users/groups?q=nothing-is-called-that' },
    {
        name: 'groups, creating',
        as: admin,
        address: () => '/organization/users/groups',
        act: async (page) => {
            await control(page, 'Create Group').click();
            await expect(dialog(page).getByLabel('Name')).toBeVisible();
        },
    },
    { name: 'groups, not allowed', as: guest, address: () => '/organization/users/groups', status: 403 },
    { name: 'group', as: admin, address: (town) => `/organization/users/groups/${town.readers}` },
    {
        name: 'group, removing a member',
        as: admin,
        address: (town) => `/organization/users/groups/${town.readers}`,
        act: async (page) => {
            await page.getByLabel('Actions for Mary Somerville').click();
            await control(page.getByRole('row').filter({ hasText: 'Mary Somerville' }), 'Remove').click();
            await expect(dialog(page)).toBeVisible();
        },
    },
    { name: 'group, renaming', as: admin, address: (town) => `/organization/users/groups/${town.team}?dialog=rename` },
    { name: 'group, deleting', as: admin, address: (town) => `/organization/users/groups/${town.team}?dialog=delete` },
    { name: 'group, adding members', as: admin, address: (town) => `/organization/users/groups/${town.readers}/add` },
    {
        name: 'group, adding members, previewed',
        as: admin,
        address: (town) => `/organization/users/groups/${town.readers}/add?users[]=${town.guestId}`,
    },
    { name: 'person', as: admin, address: (town) => `/organization/users/${town.guestId}` },
    { name: 'person who holds something', as: admin, address: (town) => `/organization/users/${town.maryId}` },
    { name: 'roles', as: admin, address: () => '/organization/iam/roles' },
    { name: 'roles, not allowed', as: guest, address: () => '/organization/iam/roles', status: 403 },
    { name: 'role', as: admin, address: () => '/organization/iam/roles/iam-viewer' },
    { name: 'role that nobody holds', as: admin, address: () => '/organization/iam/roles/support-viewer' },
    { name: 'policies', as: admin, address: () => '/organization/iam/access-policies' },
    { name: 'policies, none found', as: admin, address: () => '/organization/iam/access-policies?q=nothing-is-called-that' },
    { name: 'policies, not allowed', as: guest, address: () => '/organization/iam/access-policies', status: 403 },
    {
        name: 'policies, rules open',
        as: admin,
        address: () => '/organization/iam/access-policies',
        act: async (page) => {
            await page.locator('.policy summary').first().click();
            await expect(page.getByRole('heading', { name: 'Rule 1' }).first()).toBeVisible();
        },
    },
    {
        name: 'policies, deleting',
        as: admin,
        address: (town) => `/organization/iam/access-policies?dialog=delete&policy=${town.policy}`,
    },
    { name: 'policy, editing', as: admin, address: (town) => `/organization/iam/access-policies/${town.policy}/edit` },
    {
        name: 'policy, editing a default one',
        as: admin,
        address: (town) => `/organization/iam/access-policies/${town.defaultPolicy}/edit`,
    },
    {
        name: 'policy, saved by somebody else meanwhile',
        as: admin,
        address: (town) => town.conflict,
        act: async (page) => {
            await expect(page.getByRole('heading', { name: 'Somebody else has saved this policy' })).toBeVisible();
        },
    },
    { name: 'policy, new', as: admin, address: () => '/organization/iam/access-policies/create' },
    {
        name: 'policy, refused',
        as: admin,
        address: () => '/organization/iam/access-policies/create',
        act: async (page) => {
            await page.getByRole('button', { name: 'Save Policy', exact: true }).click();
            await expect(page.getByRole('alert')).toBeVisible();
        },
    },
    {
        name: 'policy, previewed',
        as: admin,
        address: () => '/organization/iam/access-policies/create',
        act: async (page) => {
            await page.getByLabel('Name', { exact: true }).fill('Platform team');
            await page.getByRole('checkbox', { name: /^Mary Somerville/ }).check();
            await page.getByRole('checkbox', { name: /^IAM Admin/ }).check();
            await page.getByRole('button', { name: 'Preview', exact: true }).click();
            await expect(page.getByText('Mary Somerville gains').first()).toBeVisible();
        },
    },
    { name: 'audit', as: admin, address: () => '/organization/audit' },
    { name: 'audit, nothing found', as: admin, address: () => '/organization/audit?actor=nobody-is-called-that&from=2026-01-01' },
    {
        name: 'audit, details open',
        as: admin,
        address: () => '/organization/audit?action=users.deactivate',
        act: async (page) => {
            const row = page.getByRole('row').filter({ hasText: 'Deactivated the account' }).first();
            await row.getByText('Details', { exact: true }).click();
            await expect(row.getByText('Sessions ended')).toBeVisible();
        },
    },
    { name: 'audit, not allowed', as: guest, address: () => '/organization/audit', status: 403 },
    { name: 'settings', as: admin, address: () => '/account/settings' },
    { name: 'settings with a role that ends', as: mary, address: () => '/account/settings' },
    { name: 'settings without roles', as: guest, address: () => '/account/settings' },
    { name: 'not found', as: admin, address: () => '/nowhere', status: 404 },
    ...TWO_FACTOR_PLACES,
    ...IDENTITY_PLACES,
    ...SSO_PLACES,
    ...TOKEN_PLACES,
    ...SCIM_PLACES,
    ...LIST_PLACES,
];
