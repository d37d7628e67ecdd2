"""Who may examine: bodies (评价机构), sites, examiners and catalogue listings."""
