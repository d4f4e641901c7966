"""Words with a capital that are no names of persons, or not only."""

_NO_NAMES = """
account again ai all also amazon an and app apple apr april are as assistant at aug august
avenue bank best bot both but can card chat christmas city client clinical colleague colleagues
company could customer customers dad damen dec december department desk did do doc docs doctor
doctors does dr dutch east easter english everybody everyone father feb february folks for
frau french fri friday friend friends geehrte german google gov guest has have help herr herren
hotel how hr i if in invoice is it italian jan january jul july jun june just kunde kunden
kundin lane madam madame manager mar march mastercard may medical member mom mon monday
monsieur mother mr mrs ms mum my name new no north not nov november nurse oct october of office on
order our park paypal people please professor puerto rep road saint sales san sat saturday sehr sen
sep september service señor señora señores shop signora signore sir sirs so south spanish
square st staff store street sun sunday support teacher team thank thanks that the there these
this thu thursday to tue tuesday user visa was we wed wednesday west what when where who why
will would yes you your zusammen
"""
_WORDS_TOO = """
amber angel april art august austin autumn baker banker banks bar barber bay beach bill bob
bridge brooklyn butcher butler carpenter case castle charlotte chase chelsea chester christian church crystal dale dallas day dean
destiny dot drew driver faith farmer fisher florence ford forest fort frank gardener georgia grace guy hill hope hunter iris island
israel ivy jack jackson jade jordan joy june kent lake lee lincoln london long love madison
mark master may miles miner nick page painter paris pat pearl porter price ranger ray rich rivers rob rose ruby said savannah sky
shepherd singer small star storm tailor sue summer sunny sydney victoria violet washington will wood woods young
"""
NO_NAMES = frozenset(_NO_NAMES.split())
"""What stands where names stand, such as "Dear customer"."""
WORDS_TOO = frozenset(_WORDS_TOO.split())
"""Names that are places or ordinary words, too."""
