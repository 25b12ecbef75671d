"""Photos that people sent: shown, and never anything else than shown."""

from fastapi.responses import Response

from kb.usecases.drafts import Photo

_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


def photo_answer(photo: Photo, content: bytes) -> Response:
    """Return a photo that a browser shows as what its bytes begin with, and runs nothing of."""
    name = f"{photo.digest[:12]}.{_ENDINGS[photo.media_type]}"
    return Response(
        content,
        media_type=photo.media_type,
        headers={
            "Content-Disposition": f'inline; filename="{name}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, max-age=86400",
        },
    )
