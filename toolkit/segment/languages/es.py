"""Spanish."""

from toolkit.segment.language import Language, words

LANGUAGE = Language(
    code="es",
    never=words(
        "sr sra srta sres dr dra Sr Sra Srta Sres Sras Dr Dra Dres Dras D Dña Da Don Prof Profa Lic Ing Arq Gral Cnel Cap Tte Sgto Cdte Mons Fr Hno Hna "
        "Rvdo Sto Sta Excmo Excma Ilmo Ilma Mr Mrs Ms St Pdte Vda aprox p.ej ej vs cf cfr avda Avda Ud Uds Vd Vds admón gob Pbro"
    )
    - words("Da Don Cap D"),
    before_number=words(
        "núm núms n nº No Nº N° art arts Art pág págs p pp cap vol fig figs tel Tel t ed ca c párr inc apdo ref Ref Av ley C.P"
    )
    - words("ley"),
    may_end=words(
        "etc a.C d.C a.de.C Inc Corp Ltd Co Cía Cia S.A S.L S.R.L EE.UU EEUU EE UU U.S U.S.A RR.HH FF.AA CC.OO JJ.OO a.m p.m h hs "
        "ene feb mar abr may jun jul ago sept oct nov dic Jr hab km kg cm máx mín op cit ibid izq dcha dpto Dpto depto prov s.f"
    )
    - words("may mar km h hs"),
    starters=words(
        "El La Los Las Lo Un Una Unos Unas Al Del De En Con Sin Por Para Según Sobre Entre Desde Hasta Hacia Tras Ante Bajo Contra Durante "
        "Mediante Él Ella Ellos Ellas Yo Tú Nosotros Usted Ustedes Se Su Sus Mi Mis Tu Nuestro Nuestra Este Esta Esto Estos Estas Ese Esa "
        "Eso Esos Esas Aquel Aquella Y E O U Pero Sino Mas Aunque Porque Pues Como Cuando Donde Mientras Si Que Quien Quienes Qué Quién "
        "Cómo Cuándo Dónde Cuál Cuánto No Ni Sí También Tampoco Además Asimismo Así Entonces Luego Después Antes Ahora Ayer Hoy Mañana "
        "Aquí Allí Ya Aún Todavía Siempre Nunca Todo Toda Todos Todas Cada Algunos Algunas Muchos Muchas Varios Varias Otros Otras Otro "
        "Otra Ambos Ninguno Nadie Nada Más Menos Muy Sólo Solo Incluso Finalmente Actualmente Posteriormente Es Son Era Fue Está Están "
        "Hay Ha Han Había Dos Tres Cuatro Cinco Seis Siete Ocho Nueve Diez A Tal Pese Debido Gracias Cuya Cuyo Le Les Me Nos Te"
    ),
    labels=words(
        "la grupo Grupo clase Clase tipo Tipo plan Plan vitamina hepatitis categoría sección punto zona línea serie el"
    ),
    speech=words("dijo dice preguntó pregunta respondió añadió exclamó escribió gritó explicó declaró"),
)
