"""Who may train: institutions (培训机构) and their catalogue listings (目录)."""
