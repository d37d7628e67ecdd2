"""The transparency log: every act of the issuer, for everyone to check."""
