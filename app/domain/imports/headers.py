"""The header words by which files name the fields: English and Italian first, then Hebrew; one list a field."""

from collections.abc import Mapping
from types import MappingProxyType

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "technicians.external_key": """
            external key | external id | id | key | code | codice | chiave | id esterno | technician
            id | technician | tech id | employee id | employee number | employee no | matricola |
            codice tecnico | codice dipendente |
            מזהה | קוד | מפתח | מזהה חיצוני | מספר עובד | קוד עובד | קוד טכנאי | מספר טכנאי
        """,
        "technicians.name": """
            name | full name | nome | nominativo | nome e cognome | cognome e nome | technician name
            | employee name | tecnico | nome tecnico |
            שם | שם מלא | שם ושם משפחה | שם טכנאי | שם עובד | טכנאי
        """,
        "technicians.login": """
            login | username | user name | user | utente | nome utente |
            שם משתמש | משתמש
        """,
        "technicians.phone": """
            phone | phones | telephone | phone number | tel | mobile | cell | cellphone | mobile
            phone | work phone | home phone | telefono | telefoni | cellulare | numero di telefono |
            recapito |
            טלפון | טלפונים | נייד | טלפון נייד | סלולרי | טל | מספר טלפון | פלאפון
        """,
        "technicians.email": """
            email | e-mail | mail | email address | posta elettronica | indirizzo email |
            דואל | דוא״ל | מייל | אימייל | דואר אלקטרוני | כתובת מייל
        """,
        "technicians.language": """
            language | preferred language | lang | lingua | lingua preferita |
            שפה | שפה מועדפת
        """,
        "technicians.role": """
            role | job | job title | ruolo | mansione |
            תפקיד
        """,
        "technicians.groups": """
            groups | group | team | teams | gruppo | gruppi | squadra |
            קבוצה | קבוצות | צוות
        """,
        "technicians.activity_types": """
            activity types | activity type | skills | skill | enabled types | tipi di attivita |
            tipo di attivita | competenze | abilitazioni |
            סוגי פעילות | סוג פעילות | כישורים | הסמכות
        """,
        "customers.external_key": """
            external key | external id | id | key | code | codice | chiave | id esterno | customer
            id | customer number | customer no | customer code | client id | account | account
            number | codice cliente | numero cliente | id cliente |
            מזהה | קוד | מפתח | מזהה חיצוני | מספר לקוח | קוד לקוח | מזהה לקוח
        """,
        "customers.name": """
            name | full name | nome | nominativo | nome e cognome | cognome e nome | customer |
            customer name | client | company | company name | cliente | nome cliente | ragione
            sociale | azienda | denominazione |
            שם | שם מלא | שם ושם משפחה | לקוח | שם לקוח | שם הלקוח | חברה | שם חברה
        """,
        "customers.phones": """
            phone | phones | telephone | phone number | tel | mobile | cell | cellphone | mobile
            phone | work phone | home phone | telefono | telefoni | cellulare | numero di telefono |
            recapito |
            טלפון | טלפונים | נייד | טלפון נייד | סלולרי | טל | מספר טלפון | פלאפון
        """,
        "customers.email": """
            email | e-mail | mail | email address | posta elettronica | indirizzo email |
            דואל | דוא״ל | מייל | אימייל | דואר אלקטרוני | כתובת מייל
        """,
        "customers.address": """
            address | street | street address | full address | indirizzo | via | recapito postale |
            כתובת | רחוב | כתובת מלאה |
            city | town | zip | postcode | postal code | citta | comune | cap | provincia | עיר | ישוב | יישוב | מיקוד
        """,
        "customers.site": """
            site | zone | area | region | district | borough | zona | sede | regione | quartiere |
            אזור | איזור | סניף | מחוז
        """,
        "customers.language": """
            language | preferred language | lang | lingua | lingua preferita |
            שפה | שפה מועדפת
        """,
        "customers.notes": """
            notes | note | remarks | comments | comment | annotazioni | osservazioni |
            הערות | הערה
        """,
        "calls.external_key": """
            external key | external id | id | key | code | codice | chiave | id esterno | unique key
            | call id | call number | ticket | ticket id | ticket number | number | case number |
            numero | numero chiamata | numero ticket | id chiamata | codice chiamata |
            מזהה | קוד | מפתח | מזהה חיצוני | מספר פניה | מספר פנייה | מספר קריאה | מספר
        """,
        "calls.customer_key": """
            customer | customer key | customer id | customer number | customer code | client |
            client id | cliente | codice cliente | id cliente | numero cliente |
            לקוח | מספר לקוח | קוד לקוח | מזהה לקוח
        """,
        "calls.type": """
            type | ticket type | call type | complaint type | category | problem type | tipo |
            tipologia | tipo chiamata | tipo ticket | categoria |
            סוג | סוג פניה | סוג פנייה | סוג קריאה | קטגוריה | נושא
        """,
        "calls.subtype": """
            sub type | subtype | descriptor | sub category | subcategory | sottotipo |
            sottocategoria |
            תת סוג | תת נושא | תת קטגוריה
        """,
        "calls.subject": """
            subject | title | summary | oggetto | titolo |
            כותרת | תקציר
        """,
        "calls.description": """
            description | details | problem | problem details | text | notes | note | remarks |
            comments | comment | annotazioni | osservazioni | descrizione | dettagli | problema |
            הערות | הערה | תיאור | פירוט | פרטים | תיאור התקלה
        """,
        "calls.status": """
            status | state | ticket status | stato | stato chiamata | stato ticket |
            סטטוס | מצב
        """,
        "calls.priority": """
            priority | urgency | severity | priorita | urgenza |
            עדיפות | דחיפות
        """,
        "calls.site": """
            site | zone | area | region | district | borough | zona | sede | regione | quartiere |
            אזור | איזור | סניף | מחוז
        """,
        "calls.address": """
            address | street | street address | full address | indirizzo | via | recapito postale |
            incident address | location address | indirizzo intervento |
            כתובת | רחוב | כתובת מלאה
        """,
        "calls.channel": """
            channel | source | open data channel type | canale | origine | fonte |
            ערוץ | מקור
        """,
        "calls.created": """
            created | created date | created at | opened | opened at | open date | date | creation
            date | data | data apertura | data creazione | data di apertura | creato | creato il |
            תאריך | תאריך פתיחה | נפתח | נפתח בתאריך | תאריך יצירה
        """,
        "calls.closed": """
            closed | closed date | closed at | close date | resolved | resolved at | data chiusura |
            data di chiusura | chiuso il |
            תאריך סגירה | נסגר | נסגר בתאריך
        """,
        "calls.due": """
            due | due date | due at | deadline | sla | scadenza | data scadenza | entro | entro il |
            תאריך יעד | יעד | לביצוע עד
        """,
        "calls.activity_type": """
            activity type | activity | work type | tipo di attivita | tipo attivita | attivita |
            tipo intervento |
            סוג פעילות | פעילות | סוג עבודה
        """,
        "calls.minutes": """
            minutes | expected minutes | duration | duration minutes | expected time | estimate |
            durata | durata minuti | durata prevista | minuti | tempo previsto |
            משך | דקות | משך בדקות | זמן צפוי | משך צפוי
        """,
    }
)
"""By `kind.field`; words are parted by bars. `Unique_Key` and `unique key` are the same word."""
