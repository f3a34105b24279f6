"""Spanish."""

from toolkit.segment.language import Language, words

LANGUAGE = Language(
    code="es",
    never=words(
        """
        admón aprox Arq Avda avda CC Cdte cf cfr Cnel Dr dr Dra dra Dras Dres Dña ej Excma Excmo FF Fr gob
        Gral Hna Hno Ilma Ilmo Ing JJ Lic Mons Mr Mrs Ms p.ej Pbro Pdte Prof Profa RR Rvdo Sgto Sr sr Sra
        sra Sras Sres sres Srta srta St Sta Sto Tte Ud Uds Vd Vda Vds vs
        """
    ),
    before_number=words(
        """
        apdo Art art arts c C.P ca cap ed fig figs inc n No N° Nº nº núm núms p pp pág págs párr Ref ref s
        ss t Tel tel vol
        """
    ),
    may_end=words(
        """
        a.C a.de.C a.m abr ago Av av CC.OO Cia cit cm Co Corp Cía d.C dcha depto dic Dpto dpto EE EE.UU EEUU
        ene feb FF.AA hab ibid Inc izq JJ.OO Jr jul jun kg Ltd máx mín nov oct op p.m prov RR.HH S.A s.f S.L
        S.R.L sept U.S U.S.A UU
        """
    ),
    ends=words("etc"),
    starters=words(
        """
        A Actualmente Además Ahora Al Algunas Algunos Allí Ambos Ante Antes Aquel Aquella Aquí Asimismo Así
        Aunque Ayer Aún Bajo Cada Cinco Como Con Contra Cuando Cuatro Cuya Cuyo Cuál Cuándo Cuánto Cómo De
        Debido Del Desde Después Diez Donde Dos Durante Dónde E El Ella Ellas Ellos En Entonces Entre Era Es
        Esa Esas Ese Eso Esos Esta Estas Este Esto Estos Está Están Finalmente Fue Gracias Ha Había Hacia
        Han Hasta Hay Hoy Incluso La Las Le Les Lo Los Luego Mas Mañana Me Mediante Menos Mi Mientras Mis
        Muchas Muchos Muy Más Nada Nadie Ni Ninguno No Nos Nosotros Nuestra Nuestro Nueve Nunca O Ocho Otra
        Otras Otro Otros Para Pero Pese Por Porque Posteriormente Pues Que Quien Quienes Quién Qué Se Según
        Seis Si Siempre Siete Sin Sino Sobre Solo Son Su Sus Sí Sólo Tal También Tampoco Te Toda Todas
        Todavía Todo Todos Tras Tres Tu Tú U Un Una Unas Unos Usted Ustedes Varias Varios Y Ya Yo Él
        """
    ),
    labels=words(
        """
        categoría Clase clase el Grupo grupo hepatitis la línea Plan plan punto sección serie Tipo tipo
        vitamina zona
        """
    ),
    speech=words("añadió declaró dice dijo escribió exclamó explicó gritó pregunta preguntó respondió"),
    dash_speaks=True,
    byline=words("POR Por"),
    caption=words("Archivo Foto Fotografía Fotos Imagen"),
)
