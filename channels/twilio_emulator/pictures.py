"""What comes along with a text: kept as Media resources, whose address redirects to the bytes or gives them."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from starlette.responses import RedirectResponse, Response

from channels.twilio_emulator.model import Text
from channels.twilio_emulator.world import API_VERSION, World

#: `/2010-04-01/Accounts/AC…/Messages/MM…/Media/ME…`
PATH: Final = re.compile(r"/2010-04-01/Accounts/AC[0-9a-f]{32}/Messages/[MS]M[0-9a-f]{32}/Media/(ME[0-9a-f]{32})")
_DATA: Final = re.compile(r"data:([\w.+/-]{3,100});base64,([A-Za-z0-9+/=\s]*)", re.ASCII)
_OTHERWISE: Final = "image/jpeg"


def keep(world: World, text: Text) -> dict[str, str]:
    """Keep what came along with a text; the webhook's parameters that tell of it.

    Given are `data:` addresses, whose bytes the API gives, or others, to which it redirects.
    """
    params: dict[str, str] = {}
    for number, given in enumerate(text.media):
        sid = world.sids("ME")
        world.pictures[sid] = given
        # where Twilio says that it is, whatever address the emulator has
        path = f"/{API_VERSION}/Accounts/{world.account_sid}/Messages/{text.sid}/Media/{sid}"
        data = _DATA.fullmatch(given)
        params[f"MediaUrl{number}"] = f"https://api.twilio.com{path}"
        params[f"MediaContentType{number}"] = data[1] if data else _OTHERWISE
    return params


def answer(world: World, sid: str) -> Response | None:
    """The API's answer for a Media resource; None where there is none."""
    given = world.pictures.get(sid)
    if given is None:
        return None
    data = _DATA.fullmatch(given)
    if data is None:
        return RedirectResponse(given, 307)
    try:
        return Response(base64.b64decode(data[2]), media_type=data[1])
    except binascii.Error:
        return Response(status_code=500)
