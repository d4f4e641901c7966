"""The fields that are pulled out of texts: what each is, and the form in which answers hold them."""
