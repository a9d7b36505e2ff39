/** Who can sign in, and with which roles: for administrators. */
import { useState } from 'preact/hooks'
import { nameOf, projectOf } from '../../agent/state'
import { api, body } from '../../api/client'
import type { AccountView } from '../../api/schema'
import { done } from '../../floor/doing'
import { useFresh } from '../../live/fresh'
import { Icon } from '../../ui/Icon'
import { Menu, type MenuItem } from '../../ui/Menu'
import { common } from '../../ui/words'
import { list } from '../../words/locale'
import { AccountPassword, AccountRoles, NewAccount } from './AccountForms'
import { roleName, staffWords } from './words'

type Doing = { what: 'new' } | { what: 'roles' | 'password'; account: AccountView }

const ask = async (): Promise<readonly AccountView[]> => (await body(api.GET('/api/accounts'))).items

function Held({ account }: { account: AccountView }) {
  const w = staffWords()
  const held = Object.entries(account.roles).filter(([, roles]) => roles.length > 0)
  if (held.length === 0) return <span class="soft">{w.noRoles}</span>
  return (
    <ul class="held">
      {held.map(([scope, roles]) => (
        <li key={scope}>
          {list(roles.map(roleName))}{' '}
          <span class="soft">{scope === '*' ? w.everywhere : (projectOf(scope)?.title ?? scope)}</span>
        </li>
      ))}
    </ul>
  )
}

function Row({ account, act, again }: { account: AccountView; act: (doing: Doing) => void; again: () => void }) {
  const w = staffWords()
  const params = { path: { account_id: account.account_id } }
  const turn = async () => {
    const asked = account.disabled
      ? body(api.POST('/api/accounts/{account_id}/enable', { params }))
      : body(api.POST('/api/accounts/{account_id}/disable', { params }))
    await done(asked, w.done)
    again()
  }
  const items: MenuItem[] = [
    { key: 'roles', text: w.setRoles, run: () => act({ what: 'roles', account }) },
    { key: 'password', text: w.setPassword, run: () => act({ what: 'password', account }) },
    { key: 'turn', text: account.disabled ? w.enable : w.disable, apart: true, run: () => void turn() },
  ]
  return (
    <tr>
      <th scope="row">
        {account.name} {account.disabled && <span class="badge plain">{w.disabled}</span>}
      </th>
      <td>{account.agent_id && nameOf(account.agent_id)}</td>
      <td>
        <Held account={account} />
      </td>
      <td class="right">
        <Menu class="right" name={w.act(account.name)} label={<Icon name="more" />} items={items} />
      </td>
    </tr>
  )
}

export function Accounts() {
  const w = staffWords()
  const [accounts, again] = useFresh(ask, /^account\./, [])
  const [doing, act] = useState<Doing | null>(null)
  const close = () => {
    act(null)
    again()
  }
  return (
    <section class="panel accounts">
      <div class="row between">
        <h2>{w.accounts}</h2>
        <button type="button" onClick={() => act({ what: 'new' })}>
          <Icon name="plus" size={15} /> {w.newAccount}
        </button>
      </div>
      {accounts === null && <p class="soft">{common().loading}</p>}
      {accounts && (
        <section class="table-frame" aria-label={w.accounts} tabindex={0}>
          <table class="table">
            <thead>
              <tr>
                <th scope="col">{w.account}</th>
                <th scope="col">{w.agent}</th>
                <th scope="col">{w.roles}</th>
                <th scope="col">
                  <span class="unseen">{w.act('')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {accounts.map((account) => (
                <Row key={account.account_id} account={account} act={act} again={again} />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {doing?.what === 'new' && <NewAccount close={close} />}
      {doing?.what === 'roles' && <AccountRoles account={doing.account} close={close} />}
      {doing?.what === 'password' && <AccountPassword account={doing.account} close={close} />}
    </section>
  )
}
