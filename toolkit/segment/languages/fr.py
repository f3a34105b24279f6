"""French."""

from toolkit.segment.language import Language, words

LANGUAGE = Language(
    code="fr",
    never=words(
        "MM Mme Mmes Mlle Mlles Mgr Dr Drs Pr Prof Me Mes St Ste Sts Stes Gal Cne Cdt Col Lt Sgt Vve Cie-de av apr J.-C-de "
        "env c.-à-d cf p.ex ex vs éd-de Mr Mrs Ms R.P Ing Amb Sén Dép adj hon"
    )
    - words("Cie-de J.-C-de éd-de"),
    before_number=words("n no nos nº n° N° No p pp art Art chap Chap vol Vol fig Fig t Tél tél al réf Réf éd par"),
    may_end=words(
        "M etc J.-C av.J.-C Inc Corp Ltd Co Cie St-Pierre U.S U.S.A E.U bd Bd bld boul av. pl janv févr avr juil sept oct nov déc "
        "hab env. min max Jr Sr S.A ibid op.cit op cit al ch arr dép trad coll P.-S km h"
    )
    - words("St-Pierre av. env. ch h km"),
    starters=words(
        "Le La Les L'  Un Une Des Du De D' Il Elle Ils Elles On Nous Vous Je Tu Ce Cet Cette Ces C'est C’est Cela Ça Ceci Ceux Celui "
        "Celle Celles Son Sa Ses Leur Leurs Mon Ma Mes Notre Nos Votre Vos Et Ou Mais Or Ni Car Donc Puis Ensuite Enfin Alors Ainsi Aussi "
        "Cependant Toutefois Pourtant Néanmoins Par Pour Dans En À A Au Aux Avec Sans Sous Sur Vers Chez Entre Depuis Pendant Durant "
        "Après Avant Dès Selon Malgré Contre Jusqu'à Grâce Si Quand Lorsque Lorsqu'il Comme Puisque Parce Bien Tandis Afin Que Qui Quoi "
        "Où Quel Quelle Quels Quelles Pourquoi Comment Combien Tout Tous Toute Toutes Chaque Plusieurs Certains Certaines Aucun Aucune "
        "Autre Autres Plus Moins Très Trop Beaucoup Peu Ici Là Voici Voilà Hier Aujourd'hui Demain Désormais Maintenant Parfois Souvent "
        "Toujours Jamais Ne N'est Y Deux Trois Quatre Cinq Six Sept Huit Neuf Dix Oui Non Est Sont Était Il  S'il Qu'il L'un Même "
        "Parmi Outre Faut Peut Seul Seule"
    ),
    labels=words(
        "groupe Groupe classe Classe type Type plan Plan vitamine Vitamine hépatite catégorie section point zone ligne série"
    ),
    speech=words("dit demande répond ajoute écrit lance déclare explique poursuit s'exclame s'interroge"),
)
