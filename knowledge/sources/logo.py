"""Takes the picture that a shop profile names into the profile, so that the page needs no file beside it."""

import base64
from pathlib import Path

from knowledge.profile import ShopProfile
from knowledge.sources.content import SourceContext

KINDS = {".svg": "svg+xml", ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp"}
LOGO_BYTES_MAX = 100_000


def with_logo(profile: ShopProfile, folder: Path, context: SourceContext) -> ShopProfile:
    """The profile with its logo as a `data:image/…` address; a link stays a link.

    Args:
        profile: as read; `logo` is empty, a link, or a file's name.
        folder: where the profile lies.
        context: names the profile in errors.

    Raises:
        UnreadableFile: the named file is not there, outside of the folder, too large or not a picture.
    """
    if not profile.logo or profile.logo.startswith(("https://", "http://", "data:image/")):
        return profile
    picture = (folder / profile.logo).resolve()
    kind = KINDS.get(picture.suffix.lower())
    if kind is None:
        known = ", ".join(KINDS)
        raise context.unreadable(f"{profile.logo!r} is no picture; name one that ends in {known}", column="logo")
    if not picture.is_relative_to(folder.resolve()) or not picture.is_file():
        raise context.unreadable(f"there is no {profile.logo!r} beside it; put the picture there", column="logo")
    data = picture.read_bytes()
    if len(data) > LOGO_BYTES_MAX:
        reason = f"{profile.logo!r} has {len(data) // 1000} KB, at most {LOGO_BYTES_MAX // 1000} are taken; shrink it"
        raise context.unreadable(reason, column="logo")
    address = f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
    return profile.model_copy(update={"logo": address})
