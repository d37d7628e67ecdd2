"""The words that all services share: what people, occupations and qualifications are called, dated and counted."""
