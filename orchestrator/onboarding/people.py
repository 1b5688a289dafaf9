"""A central's people: accounts made, changed and disabled, and passwords chosen by those who will use them."""

import asyncio
import secrets
from collections.abc import Callable
from typing import Final

import msgspec

from orchestrator.calls.events import Events, SignedOut, user_topic
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.ids import CentralId, Millis
from orchestrator.domain.people import Account, InvalidAccountError, Role, read_name, read_password, read_user
from orchestrator.identity.roles import CENTRALS_OWN, Act
from orchestrator.identity.signin import PasswordSignIn, hash_password
from orchestrator.identity.tokens import Tokens
from orchestrator.store.database import Store
from orchestrator.store.journal import Deed

LINK_SECONDS: Final = 7 * 24 * 3600.0
"""How long a link to choose a password is good."""


class NewLink(msgspec.Struct, frozen=True):
    """A link that lets a person choose a password, once; its ``code`` is told this once."""

    user: str
    name: str
    code: str


def new_account(user: str, name: str, role: Role, central: CentralId, at: Millis) -> Account:
    """Make an account, whose first edition is above any of one of that name that was deleted and is still void."""
    return Account(user, name, role, central, edition=at, made_at=at)


def _holder(account: Account) -> str:
    """Name whose a link is: of two accounts of one name, one after the other, the one that it was made for."""
    return f"{account.user} {account.made_at}"


def account_unknown() -> ProblemError:
    """Return the refusal of an account that is not there, or is another central's."""
    return ProblemError(Problem.NOT_FOUND, "There is no such account.")


def link_unknown() -> ProblemError:
    """Return the refusal of a link that is used, too old, or none."""
    return ProblemError(
        Problem.LINK_UNKNOWN, "The link has been used or is too old. Ask for a new one where you got it."
    )


class People:
    """Makes accounts and keeps them in order. Who may ask for it, the handlers say."""

    def __init__(
        self,
        store: Store,
        tokens: Tokens,
        sign_in: PasswordSignIn,
        events: Events,
        clock: Callable[[], Millis],
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._sign_in = sign_in
        self._events = events
        self._clock = clock

    async def of_central(self, central: CentralId) -> list[Account]:
        """Return a central's accounts."""
        return await self._store.accounts.of_central(central)

    async def make(self, central: CentralId, fields: dict[str, str], by: str) -> NewLink:
        """Make an account as a form says, and a link for its owner. Raises ProblemError."""
        account = self._read(central, fields)
        if self._sign_in.is_taken(account.user) or not await self._store.accounts.add(account.user, account):
            raise ProblemError(
                Problem.NAME_TAKEN, "The user name is taken. Choose another, such as an e-mail address."
            )
        await self._note(by, central, account.user, f"made as {account.role}")
        return await self._link(account)

    async def ensure_admin(self, admin: Account, by: str, reason: str) -> NewLink:
        """Make a central's first administrator, unless there is one, and a link for them. Raises ProblemError.

        Once they have a password a new link needs a reason: it lets whoever has it in as them.
        """
        assert admin.central is not None, "an administrator is a central's"
        if await self._store.accounts.add(admin.user, admin):
            await self._note(by, admin.central, admin.user, "made as the first administrator")
        there = await self._store.accounts.get(admin.user)
        if there is not None and there.password and not reason:
            raise ProblemError(
                Problem.FORM_INVALID, "The administrator has a password. Write why a new link is needed."
            )
        return await self.new_link(admin.central, admin.user, by, reason)

    async def change(self, central: CentralId, user: str, fields: dict[str, str], by: str) -> None:
        """Give an account another name or role; who is signed in to it has to sign in anew. Raises ProblemError."""
        wanted = self._read(central, {**fields, "user": user})
        await self._change(central, user, name=wanted.name, role=wanted.role)
        await self._note(by, central, user, f"changed to {wanted.role}")

    async def set_disabled(self, central: CentralId, user: str, *, disabled: bool, by: str) -> None:
        """Shut an account out at once, or let it in again. Raises ProblemError."""
        if disabled and user == by:
            raise ProblemError(
                Problem.FORBIDDEN, "You can not disable your own account. Ask another administrator."
            )
        await self._change(central, user, disabled=disabled)
        await self._note(by, central, user, "disabled" if disabled else "enabled")

    async def delete(self, central: CentralId, user: str, by: str) -> None:
        """Delete a disabled account with all that is kept of its holder, but for the log. Raises ProblemError."""
        account = await self._store.accounts.get(user)
        if account is None or account.central != central:
            raise account_unknown()
        if not account.disabled:
            raise ProblemError(Problem.ACCOUNT_IN_USE, "Disable the account first; then it can be deleted.")
        # The account last: whatever stops this half-way, asking again completes it.
        await self._store.trained.forget(central, user)
        await self._store.accounts.remove(user)
        await self._note(by, central, user, "deleted")

    async def new_link(self, central: CentralId, user: str, by: str, reason: str = "") -> NewLink:
        """Make a link for somebody who has no password, or has forgotten it. Raises ProblemError."""
        account = await self._store.accounts.get(user)
        if account is None or account.central != central:
            raise account_unknown()
        await self._note(by, central, user, f"link to choose a password made. {reason}".strip())
        return await self._link(account)

    async def whose(self, code: str) -> str:
        """Return the user whose link it is; using it is another thing. Raises ProblemError."""
        holder = await self._store.password_links.whose(code)
        if holder is None:
            raise link_unknown()
        return holder.partition(" ")[0]

    async def choose_password(self, code: str, password: str) -> str:
        """Set the password that the owner of a link chooses, and return the user name. Raises ProblemError."""
        try:
            read_password(password)
        except InvalidAccountError as error:
            raise ProblemError(Problem.FORM_INVALID, str(error)) from error
        hashed = await asyncio.to_thread(hash_password, password)
        holder = await self._store.password_links.use(code)
        account = None if holder is None else await self._store.accounts.get(holder.partition(" ")[0])
        if account is None or account.disabled or _holder(account) != holder:
            raise link_unknown()
        await self._change(account.central, account.user, password=hashed)
        await self._note(account.user, account.central, account.user, "password chosen")
        return account.user

    def _read(self, central: CentralId, fields: dict[str, str]) -> Account:
        """Read what a form says of an account. Raises ProblemError."""
        role = fields.get("role", "")
        if role not in CENTRALS_OWN:
            raise ProblemError(Problem.FORM_INVALID, "Choose one of the roles.")
        try:
            user, name = read_user(fields.get("user", "")), read_name(fields.get("name", ""))
        except InvalidAccountError as error:
            raise ProblemError(Problem.FORM_INVALID, str(error)) from error
        return new_account(user, name, Role(role), central, self._clock())

    async def _change(self, central: CentralId | None, user: str, **changes: object) -> None:
        def changed(account: Account) -> Account:
            if account.central != central:
                raise account_unknown()
            return account.changed(**changes)

        after = await self._store.accounts.change(user, changed)
        if after is None:
            raise account_unknown()
        await self._tokens.revoke_account(user, after.edition - 1)
        self._events.tell(user_topic(user), SignedOut())

    async def _link(self, account: Account) -> NewLink:
        code = secrets.token_urlsafe(24)
        await self._store.password_links.put(code, _holder(account), LINK_SECONDS)
        return NewLink(account.user, account.name, code)

    async def _note(self, by: str, central: CentralId | None, user: str, reason: str) -> None:
        await self._store.journal.add(
            Deed(self._clock(), by, Act.MANAGE_ACCOUNTS, central, f"account {user}", reason)
        )
