"""HTTP for whatever speaks to browsers and programs: Starlette behind limits; needs the extra `http` (docs/http.md)."""
